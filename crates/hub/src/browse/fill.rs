//! The form: shown, sent, and looked at while it is filled in.

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use guide::Key;
use jiff::Timestamp;
use link::{FieldProblem, Stage};
use secret::Secret;
use serde::Deserialize;
use std::collections::BTreeMap;
use vault::{Account, AttemptState, Handoff};

use super::check;
use super::context::{SessionContext, go};
use super::posted::shown;
use crate::connectors::{self, Connector};
use crate::linking::Linking;
use crate::pages::{
    Before, FormPage, HandedStep, Handing, Preview, SignInPage, Trouble, form, preview as previewed,
    sign_in as sign_in_page,
};
use crate::sign_in;
use crate::wire::Segments;
use crate::wire::error::ApiError;

/// What the pages of one connector work with.
pub(super) struct Work {
    pub(super) linking: Linking,
    /// Where they are.
    pub(super) base: String,
    pub(super) icon: String,
}

pub(super) async fn show(
    context: SessionContext,
    Segments((_, id)): Segments<(i64, String)>,
) -> Result<Response, Response> {
    let work = work(&context, &id, true).await?;
    match work.linking.attempt.state {
        AttemptState::Checking => return Ok(go(&format!("{}/checking", work.base))),
        AttemptState::Confirming => return Ok(go(&format!("{}/confirm", work.base))),
        AttemptState::Open
        | AttemptState::Away
        | AttemptState::Refused
        | AttemptState::Linked
        | AttemptState::Cancelled => {}
    }
    drawn(&context, &work, &[], &[], false).await.map(|html| context.page(html))
}

pub(super) async fn submit(
    context: SessionContext,
    headers: HeaderMap,
    Segments((_, id)): Segments<(i64, String)>,
    body: Bytes,
) -> Result<Response, Response> {
    let mut work = work(&context, &id, true).await?;
    let base = work.base.clone();
    let stale = || context.trouble(Trouble::StaleForm { back: &base });
    let posted = context.posted(&headers, &body).ok_or_else(stale)?;
    // Sent twice: the first is being worked on.
    if work.linking.attempt.state == AttemptState::Checking {
        return Ok(go(&format!("{base}/checking")));
    }
    let mut typed = posted.typed();
    // What somebody else was asked for is not taken away by a form that could not show it.
    let theirs = handed_fields(&context, &work).await?;
    typed.retain(|(key, text)| !text.is_empty() || !theirs.iter().any(|field| *key == **field));
    let environment = Some(posted.text("environment")).filter(|key| !key.is_empty());
    let flow = &mut work.linking.flow;
    let mut problems = Vec::new();
    if flow.method().auth.needs_browser() {
        return to_provider(&context, work, environment, &typed).await;
    }
    match posted.text("do") {
        "retry" => flow.retry(),
        "elsewhere" => flow.ask_elsewhere(),
        "switch" => flow.switch_environment(),
        _ => problems = flow.submit_form(environment, &typed),
    }
    if matches!(flow.stage(), Stage::Checking(_)) {
        check::begin(&context, &mut work).await.map_err(context.failed(&base))?;
        return Ok(go(&format!("{base}/checking")));
    }
    work.linking.save(&context.app).await.map_err(context.failed(&base))?;
    let typed = shown(work.linking.flow.method(), &typed);
    drawn(&context, &work, &typed, &problems, true).await.map(|html| context.page_again(html))
}

/// The person signs in at the provider, once all is there that is typed here.
async fn to_provider(
    context: &SessionContext,
    mut work: Work,
    environment: Option<&str>,
    typed: &[(Key, Secret)],
) -> Result<Response, Response> {
    let base = work.base.clone();
    let flow = &mut work.linking.flow;
    if let Some(environment) = environment {
        flow.choose_environment(environment);
    }
    let problems = flow.prefill(typed);
    let ready = problems.is_empty() && flow.is_complete() && !matches!(flow.stage(), Stage::Choose(_));
    work.linking.save(&context.app).await.map_err(context.failed(&base))?;
    if !ready {
        let typed = shown(work.linking.flow.method(), typed);
        return drawn(context, &work, &typed, &problems, true).await.map(|html| context.page_again(html));
    }
    let one = sign_in::begin(&context.app, &context.session).await.map_err(context.failed(&base))?;
    let named = context.app.vault.name_attempt_of_sign_in(&one.id, &work.linking.attempt.id).await;
    named.map_err(|error| context.failed(&base)(ApiError::internal(&error)))?;
    let page = SignInPage {
        provider: &work.linking.flow.guide().provider.name,
        icon: Some(&work.icon),
        base: &base,
        follow: true,
    };
    let leave = format!("/connect/oauth2/leave/{}/{}", context.session.seq, one.id);
    Ok(context.page(sign_in_page(&context.frame(), &page, &leave)))
}

/// What is asked while somebody types.
#[derive(Deserialize)]
pub(super) struct Asked {
    csrf: String,
    environment: Option<String>,
    #[serde(default)]
    values: BTreeMap<String, String>,
}

pub(super) async fn preview(
    context: SessionContext,
    headers: HeaderMap,
    Segments((_, id)): Segments<(i64, String)>,
    body: Bytes,
) -> Result<Response, Response> {
    let refused = || axum::http::StatusCode::BAD_REQUEST.into_response();
    let asked: Asked = serde_json::from_slice(&body).map_err(|_| refused())?;
    if !context.is_own(&headers, &asked.csrf) {
        return Err(refused());
    }
    let work = work(&context, &id, true).await?;
    let typed: Vec<(Key, String)> =
        asked.values.into_iter().filter_map(|(key, value)| Some((Key::parse(&key)?, value))).collect();
    let said: Preview =
        previewed(context.frame().language, &work.linking.flow, asked.environment.as_deref(), &typed);
    Ok(axum::Json(said).into_response())
}

/// The attempt with a connector: the one that was begun, or a new one.
pub(super) async fn work(context: &SessionContext, id: &str, may_begin: bool) -> Result<Work, Response> {
    let home = context.base();
    let found = connectors::find(&context.app, &context.session.made.project, id).await;
    let found = found.map_err(context.failed(&home))?;
    let found = found.filter(|one| one.active && connectors::may(&context.session, one));
    let Some(connector) = found else { return Err(context.trouble(Trouble::NotFound)) };
    let icon = connectors::icon_path(connector.provider());
    let base = format!("{home}/{}", connector.id);
    let resumed = Linking::resume(&context.app, &context.session, connector.clone()).await;
    let linking = match resumed.map_err(context.failed(&home))? {
        Some(linking) => linking,
        None if may_begin => begun(context, connector).await.map_err(context.failed(&home))?,
        None => return Err(go(&base)),
    };
    Ok(Work { linking, base, icon })
}

/// A new attempt; in the place of the account that the session edits, or that its owner has.
async fn begun(context: &SessionContext, connector: Connector) -> Result<Linking, ApiError> {
    let replaces = edited(context, &connector).await?;
    let mut linking = Linking::begin(&context.app, &context.session, connector, replaces).await?;
    linking.save(&context.app).await?;
    Ok(linking)
}

async fn edited(context: &SessionContext, connector: &Connector) -> Result<Option<Account>, ApiError> {
    let (app, made) = (&context.app, &context.session.made);
    let failed = |error| ApiError::internal(&error);
    let same =
        |account: &Account| account.provider == connector.provider() && account.method == connector.method;
    if let Some(id) = made.account.as_deref().and_then(|id| id.parse().ok()) {
        return Ok(app.vault.get(&id).await.map_err(failed)?.filter(same));
    }
    if made.multiple {
        return Ok(None);
    }
    let own = app.vault.accounts_of(&made.project, &made.owner.id, connector.provider(), made.kind).await;
    Ok(own.map_err(failed)?.into_iter().find(same))
}

/// The fields that somebody else was asked for.
async fn handed_fields(context: &SessionContext, work: &Work) -> Result<Vec<String>, Response> {
    let handed = context.app.vault.handoffs_of(&work.linking.attempt.id).await;
    let handed = handed.map_err(|error| context.failed(&work.base)(ApiError::internal(&error)))?;
    Ok(handed.into_iter().flat_map(|one| one.fields).collect())
}

/// The page of the form.
async fn drawn(
    context: &SessionContext,
    work: &Work,
    typed: &[(Key, String)],
    problems: &[FieldProblem],
    was_sent: bool,
) -> Result<String, Response> {
    let (flow, attempt) = (&work.linking.flow, &work.linking.attempt);
    let handed = context.app.vault.handoffs_of(&attempt.id).await;
    let handed = handed.map_err(|error| context.failed(&work.base)(ApiError::internal(&error)))?;
    let now = Timestamp::now();
    let handed: Vec<HandedStep<'_>> = latest(&handed).into_iter().map(|one| step(one, now)).collect();
    let home = context.base();
    let others =
        connectors::of_session(&context.app, &context.session).await.map_err(context.failed(&home))?;
    let before = before(work.linking.replaces());
    Ok(form(
        &context.frame(),
        &FormPage {
            flow,
            base: &work.base,
            providers: (1 < others.len()).then_some(home.as_str()),
            icon: Some(&work.icon),
            typed,
            problems,
            was_sent,
            attempt: matches!(flow.stage(), Stage::Failed { .. }).then_some(attempt.id.as_str()),
            before: before.as_ref(),
            handed: &handed,
            may_hand_over: true,
        },
    ))
}

/// The account that is linked again, as people know it.
pub(super) fn before(account: Option<&Account>) -> Option<Before> {
    let account = account?;
    let name = account.name.clone().or_else(|| account.label.clone());
    Some(Before { id: account.external_id.clone(), name: name.unwrap_or_else(|| account.id.to_string()) })
}

/// Of each step, what was handed on last.
fn latest(all: &[Handoff]) -> BTreeMap<&str, &Handoff> {
    all.iter().map(|one| (one.step.as_str(), one)).collect()
}

fn step<'a>((step, handoff): (&'a str, &Handoff), now: Timestamp) -> HandedStep<'a> {
    let state = match handoff.done_at {
        Some(_) => Handing::Received,
        None if now < handoff.expires_at => Handing::Waiting,
        None => Handing::Expired,
    };
    HandedStep { step, state }
}
