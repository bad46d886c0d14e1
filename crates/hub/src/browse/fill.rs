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
use super::desk::{Desk, go};
use super::posted::shown;
use crate::connectors::{self, Integration};
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
    desk: Desk,
    Segments((_, id)): Segments<(i64, String)>,
) -> Result<Response, Response> {
    let work = work(&desk, &id, true).await?;
    match work.linking.attempt.state {
        AttemptState::Checking => return Ok(go(&format!("{}/checking", work.base))),
        AttemptState::Confirming => return Ok(go(&format!("{}/confirm", work.base))),
        AttemptState::Open
        | AttemptState::Away
        | AttemptState::Refused
        | AttemptState::Linked
        | AttemptState::Cancelled => {}
    }
    drawn(&desk, &work, &[], &[], false).await.map(|html| desk.page(html))
}

pub(super) async fn submit(
    desk: Desk,
    headers: HeaderMap,
    Segments((_, id)): Segments<(i64, String)>,
    body: Bytes,
) -> Result<Response, Response> {
    let mut work = work(&desk, &id, true).await?;
    let base = work.base.clone();
    let stale = || desk.trouble(Trouble::StaleForm { back: &base });
    let posted = desk.posted(&headers, &body).ok_or_else(stale)?;
    // Sent twice: the first is being worked on.
    if work.linking.attempt.state == AttemptState::Checking {
        return Ok(go(&format!("{base}/checking")));
    }
    let mut typed = posted.typed();
    // What somebody else was asked for is not taken away by a form that could not show it.
    let theirs = handed_fields(&desk, &work).await?;
    typed.retain(|(key, text)| !text.is_empty() || !theirs.iter().any(|field| *key == **field));
    let environment = Some(posted.text("environment")).filter(|key| !key.is_empty());
    let flow = &mut work.linking.flow;
    let mut problems = Vec::new();
    if flow.method().auth.needs_browser() {
        return to_provider(&desk, work, environment, &typed).await;
    }
    match posted.text("do") {
        "retry" => flow.retry(),
        "elsewhere" => flow.ask_elsewhere(),
        "switch" => flow.switch_environment(),
        _ => problems = flow.submit_form(environment, &typed),
    }
    if matches!(flow.stage(), Stage::Checking(_)) {
        check::begin(&desk, &mut work).await.map_err(desk.failed(&base))?;
        return Ok(go(&format!("{base}/checking")));
    }
    work.linking.save(&desk.app).await.map_err(desk.failed(&base))?;
    let typed = shown(work.linking.flow.method(), &typed);
    drawn(&desk, &work, &typed, &problems, true).await.map(|html| desk.page_again(html))
}

/// The person signs in at the provider, once all is there that is typed here.
async fn to_provider(
    desk: &Desk,
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
    work.linking.save(&desk.app).await.map_err(desk.failed(&base))?;
    if !ready {
        let typed = shown(work.linking.flow.method(), typed);
        return drawn(desk, &work, &typed, &problems, true).await.map(|html| desk.page_again(html));
    }
    let one = sign_in::begin(&desk.app, &desk.session).await.map_err(desk.failed(&base))?;
    let named = desk.app.vault.name_attempt_of_sign_in(&one.id, &work.linking.attempt.id).await;
    named.map_err(|error| desk.failed(&base)(ApiError::internal(&error)))?;
    let page = SignInPage {
        provider: &work.linking.flow.guide().provider.name,
        icon: Some(&work.icon),
        base: &base,
        follow: true,
    };
    let leave = format!("/connect/oauth2/leave/{}/{}", desk.session.seq, one.id);
    Ok(desk.page(sign_in_page(&desk.frame(), &page, &leave)))
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
    desk: Desk,
    headers: HeaderMap,
    Segments((_, id)): Segments<(i64, String)>,
    body: Bytes,
) -> Result<Response, Response> {
    let refused = || axum::http::StatusCode::BAD_REQUEST.into_response();
    let asked: Asked = serde_json::from_slice(&body).map_err(|_| refused())?;
    if !desk.is_own(&headers, &asked.csrf) {
        return Err(refused());
    }
    let work = work(&desk, &id, true).await?;
    let typed: Vec<(Key, String)> =
        asked.values.into_iter().filter_map(|(key, value)| Some((Key::parse(&key)?, value))).collect();
    let said: Preview =
        previewed(desk.frame().language, &work.linking.flow, asked.environment.as_deref(), &typed);
    Ok(axum::Json(said).into_response())
}

/// The attempt with a connector: the one that was begun, or a new one.
pub(super) async fn work(desk: &Desk, id: &str, may_begin: bool) -> Result<Work, Response> {
    let home = desk.base();
    let found = connectors::find(&desk.app, &desk.session.made.project, id).await;
    let found = found.map_err(desk.failed(&home))?;
    let found = found.filter(|one| one.active && connectors::may(&desk.session, one));
    let Some(integration) = found else { return Err(desk.trouble(Trouble::NotFound)) };
    let icon = connectors::icon_path(integration.provider());
    let base = format!("{home}/{}", integration.id);
    let resumed = Linking::resume(&desk.app, &desk.session, integration.clone()).await;
    let linking = match resumed.map_err(desk.failed(&home))? {
        Some(linking) => linking,
        None if may_begin => begun(desk, integration).await.map_err(desk.failed(&home))?,
        None => return Err(go(&base)),
    };
    Ok(Work { linking, base, icon })
}

/// A new attempt; in the place of the account that the session edits, or that its owner has.
async fn begun(desk: &Desk, integration: Integration) -> Result<Linking, ApiError> {
    let over = edited(desk, &integration).await?;
    let mut linking = Linking::begin(&desk.app, &desk.session, integration, over).await?;
    linking.save(&desk.app).await?;
    Ok(linking)
}

async fn edited(desk: &Desk, integration: &Integration) -> Result<Option<Account>, ApiError> {
    let (app, made) = (&desk.app, &desk.session.made);
    let failed = |error| ApiError::internal(&error);
    let same = |account: &Account| {
        account.provider == integration.provider() && account.method == integration.method
    };
    if let Some(id) = made.account.as_deref().and_then(|id| id.parse().ok()) {
        return Ok(app.vault.get(&id).await.map_err(failed)?.filter(same));
    }
    if made.multiple {
        return Ok(None);
    }
    let own = app.vault.accounts_of(&made.project, &made.owner.id, integration.provider(), made.kind).await;
    Ok(own.map_err(failed)?.into_iter().find(same))
}

/// The fields that somebody else was asked for.
async fn handed_fields(desk: &Desk, work: &Work) -> Result<Vec<String>, Response> {
    let handed = desk.app.vault.handoffs_of(&work.linking.attempt.id).await;
    let handed = handed.map_err(|error| desk.failed(&work.base)(ApiError::internal(&error)))?;
    Ok(handed.into_iter().flat_map(|one| one.fields).collect())
}

/// The page of the form.
async fn drawn(
    desk: &Desk,
    work: &Work,
    typed: &[(Key, String)],
    problems: &[FieldProblem],
    was_sent: bool,
) -> Result<String, Response> {
    let (flow, attempt) = (&work.linking.flow, &work.linking.attempt);
    let handed = desk.app.vault.handoffs_of(&attempt.id).await;
    let handed = handed.map_err(|error| desk.failed(&work.base)(ApiError::internal(&error)))?;
    let now = Timestamp::now();
    let handed: Vec<HandedStep<'_>> = latest(&handed).into_iter().map(|one| step(one, now)).collect();
    let home = desk.base();
    let others = connectors::of_session(&desk.app, &desk.session).await.map_err(desk.failed(&home))?;
    let before = before(work.linking.over());
    Ok(form(
        &desk.frame(),
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
