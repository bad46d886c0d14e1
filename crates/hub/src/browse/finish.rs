//! Confirms and stores the account that the checks found, and shows the result.

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::response::Response;
use guide::OutcomeKind;
use probe::Identity;
use vault::AttemptState;

use super::context::{SessionContext, redirect_to};
use super::failure::Failure;
use super::work::work;
use crate::pages::{
    AccountPage, DonePage, PageProvider, account_mark, confirm as confirm_page, done as done_page,
};
use crate::wire::Segments;

pub(super) async fn show(
    context: SessionContext,
    Segments((_, id)): Segments<(i64, String)>,
) -> Result<Response, Failure> {
    let work = work(&context, &id, false).await?;
    if work.linking.attempt.state != AttemptState::Confirming {
        return Ok(redirect_to(&work.base));
    }
    let previous = work.previous();
    let page = AccountPage { flow: &work.linking.flow, base: &work.base, previous: previous.as_ref() };
    Ok(context.page(confirm_page(&context.frame(), &page)))
}

pub(super) async fn confirm(
    context: SessionContext,
    headers: HeaderMap,
    Segments((_, id)): Segments<(i64, String)>,
    body: Bytes,
) -> Result<Response, Failure> {
    let links = &context.app.links;
    let posted = context.posted(&headers, &body)?;
    let mut work = match work(&context, &id, false).await {
        Ok(work) => work,
        // The form was submitted twice, and the account has already been stored.
        Err(_) if links.linked(&context.session, &id).await?.is_some() => {
            return Ok(redirect_to(&format!("{}/{id}/done", context.base())));
        }
        Err(failure) => return Err(failure),
    };
    if work.linking.attempt.state != AttemptState::Confirming {
        return Ok(redirect_to(&work.base));
    }
    if posted.text("do") == "yes" {
        // Another tab may have found a different account since the page was shown, or someone else may have linked one.
        // A page that an earlier version of the Hub sent has no mark.
        let shown = posted.text("account");
        let is_outdated = !shown.is_empty() && shown != account_mark(&work.linking.flow);
        if is_outdated || links.notice_new_account(&mut work.linking).await? {
            return Ok(redirect_to(&work.path()));
        }
        links.store(&mut work.linking).await?;
    } else {
        work.linking.flow.confirm(false);
        links.save(&mut work.linking).await?;
    }
    Ok(redirect_to(&work.path()))
}

pub(super) async fn done(
    context: SessionContext,
    Segments((_, id)): Segments<(i64, String)>,
) -> Result<Response, Failure> {
    let Some(account) = context.app.links.linked(&context.session, &id).await? else {
        return Ok(redirect_to(&format!("{}/{id}", context.base())));
    };
    let guide = context.app.guides.current(&account.provider);
    let name = guide.as_ref().map_or(&account.provider, |guide| &guide.provider.name);
    let identity = account.external_id.clone().map(|id| Identity {
        id,
        name: account.name.clone().unwrap_or_default(),
        details: account.identity.clone().into_iter().collect(),
    });
    let method = guide.as_ref().and_then(|guide| guide.method(&account.method));
    let is_limited = account.outcome == OutcomeKind::OkLimited.as_str();
    let missed: Vec<String> = method
        .filter(|_| is_limited)
        .into_iter()
        .flat_map(|method| &method.checks)
        .filter(|check| !account.proved.iter().any(|key| check.key == **key))
        .map(|check| check.label.clone())
        .collect();
    let page = DonePage {
        provider: PageProvider { key: &account.provider, name },
        account: account.id.as_str(),
        identity: identity.as_ref(),
        is_limited,
        missed: &missed,
        is_again: 1 < account.version,
    };
    Ok(context.page(done_page(&context.frame(), &page)))
}
