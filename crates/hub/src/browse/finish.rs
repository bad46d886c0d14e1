//! The account that was found: confirmed, stored, told.

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::response::Response;
use probe::Identity;
use vault::{Account, AttemptState};

use super::context::{SessionContext, go};
use super::work::work;
use crate::connectors;
use crate::pages::{AccountPage, DonePage, Trouble, confirm as confirm_page, done as done_page};
use crate::wire::Segments;

pub(super) async fn show(
    context: SessionContext,
    Segments((_, id)): Segments<(i64, String)>,
) -> Result<Response, Response> {
    let work = work(&context, &id, false).await?;
    if work.linking.attempt.state != AttemptState::Confirming {
        return Ok(go(&work.base));
    }
    let before = work.before();
    let page = AccountPage {
        flow: &work.linking.flow,
        base: &work.base,
        icon: Some(&work.icon),
        before: before.as_ref(),
    };
    Ok(context.page(confirm_page(&context.frame(), &page)))
}

pub(super) async fn confirm(
    context: SessionContext,
    headers: HeaderMap,
    Segments((_, id)): Segments<(i64, String)>,
    body: Bytes,
) -> Result<Response, Response> {
    let back = format!("{}/{id}/confirm", context.base());
    let stale = || context.trouble(Trouble::StaleForm { back: &back });
    let posted = context.posted(&headers, &body).ok_or_else(stale)?;
    let mut work = match work(&context, &id, false).await {
        Ok(work) => work,
        // Sent twice: it is stored already.
        Err(_) if linked(&context, &id).await?.is_some() => {
            return Ok(go(&format!("{}/{id}/done", context.base())));
        }
        Err(elsewhere) => return Err(elsewhere),
    };
    let base = work.base.clone();
    if work.linking.attempt.state != AttemptState::Confirming {
        return Ok(go(&base));
    }
    if posted.text("do") == "yes" {
        context.app.links.store(&mut work.linking).await.map_err(context.failed(&base))?;
        return Ok(go(&format!("{base}/done")));
    }
    work.linking.flow.confirm(false);
    context.app.links.save(&mut work.linking).await.map_err(context.failed(&base))?;
    Ok(go(&base))
}

pub(super) async fn done(
    context: SessionContext,
    Segments((_, id)): Segments<(i64, String)>,
) -> Result<Response, Response> {
    let Some(account) = linked(&context, &id).await? else {
        return Ok(go(&format!("{}/{id}", context.base())));
    };
    let guide = context.app.guides.current(&account.provider);
    let name = guide.as_ref().map_or(account.provider.as_str(), |guide| guide.provider.name.as_str());
    let identity = account.external_id.clone().map(|id| Identity {
        id,
        name: account.name.clone().unwrap_or_default(),
        details: account.identity.clone().into_iter().collect(),
    });
    let method = guide.as_ref().and_then(|guide| guide.method(&account.method));
    let missed: Vec<String> = method
        .map(|method| {
            let checks = method.checks.iter().filter(|check| {
                account.outcome == "ok_limited" && !account.proved.iter().any(|key| check.key == **key)
            });
            checks.map(|check| check.label.clone()).collect()
        })
        .unwrap_or_default();
    let icon = connectors::icon_path(&account.provider);
    let page = DonePage {
        key: &account.provider,
        provider: name,
        icon: Some(&icon),
        account: account.id.as_str(),
        identity: identity.as_ref(),
        missed: &missed,
        is_again: 1 < account.version,
    };
    Ok(context.page(done_page(&context.frame(), &page)))
}

/// The account that the session's last attempt with a connector made.
async fn linked(context: &SessionContext, connector: &str) -> Result<Option<Account>, Response> {
    let home = context.base();
    context.app.links.linked(&context.session, connector).await.map_err(context.failed(&home))
}
