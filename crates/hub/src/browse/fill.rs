//! The form: shown, sent, and looked at while it is filled in.

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use guide::Key;
use jiff::Timestamp;
use link::Stage;
use serde::Deserialize;
use std::collections::BTreeMap;
use vault::{AttemptState, Handoff};

use super::context::{SessionContext, go};
use super::posted::shown;
use super::work::{Work, work};
use crate::linking::{Button, Entered};
use crate::pages::{
    FormLinks, FormPage, HandedStep, Handing, Preview, SentForm, SignInPage, Trouble, form,
    preview as previewed, sign_in as sign_in_page,
};
use crate::wire::Segments;

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
    drawn(&context, &work, None).await.map(|html| context.page(html))
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
    let mut values = posted.typed();
    // What somebody else was asked for is not taken away by a form that could not show it.
    let theirs = handed_fields(&context, &work).await?;
    values.retain(|(key, text)| !text.is_empty() || !theirs.iter().any(|field| *key == **field));
    let environment = Some(posted.text("environment")).filter(|key| !key.is_empty());
    let entered = Entered { environment: environment.map(str::to_owned), values };
    if work.linking.flow.method().auth.needs_browser() {
        return to_provider(&context, work, &entered).await;
    }
    let button = match posted.text("do") {
        "retry" => Button::Retry,
        "elsewhere" => Button::AskElsewhere,
        "switch" => Button::SwitchEnvironment,
        _ => Button::Connect,
    };
    let problems = work.linking.press(button, &entered);
    let links = &context.app.links;
    if work.linking.is_checking() {
        links.check(&context.client, work.linking).await.map_err(context.failed(&base))?;
        return Ok(go(&format!("{base}/checking")));
    }
    links.save(&mut work.linking).await.map_err(context.failed(&base))?;
    let typed = shown(work.linking.flow.method(), &entered.values);
    let sent = SentForm { typed: &typed, problems: &problems };
    drawn(&context, &work, Some(sent)).await.map(|html| context.page_again(html))
}

/// The person signs in at the provider, once all is there that is typed here.
async fn to_provider(
    context: &SessionContext,
    mut work: Work,
    entered: &Entered,
) -> Result<Response, Response> {
    let (app, base) = (&context.app, work.base.clone());
    let (problems, is_ready) = work.linking.fill(entered);
    app.links.save(&mut work.linking).await.map_err(context.failed(&base))?;
    if !is_ready {
        let typed = shown(work.linking.flow.method(), &entered.values);
        let sent = SentForm { typed: &typed, problems: &problems };
        return drawn(context, &work, Some(sent)).await.map(|html| context.page_again(html));
    }
    let one = app.sign_ins.begin(&context.session).await.map_err(context.failed(&base))?;
    let named = app.vault.set_attempt_of_sign_in(&one.id, &work.linking.attempt.id).await;
    named.map_err(context.failed(&base))?;
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

/// The fields that somebody else was asked for.
async fn handed_fields(context: &SessionContext, work: &Work) -> Result<Vec<String>, Response> {
    let handed = context.app.vault.handoffs_of(&work.linking.attempt.id).await;
    let handed = handed.map_err(context.failed(&work.base))?;
    Ok(handed.into_iter().flat_map(|one| one.fields).collect())
}

/// The page of the form.
async fn drawn(
    context: &SessionContext,
    work: &Work,
    sent: Option<SentForm<'_>>,
) -> Result<String, Response> {
    let (flow, attempt) = (&work.linking.flow, &work.linking.attempt);
    let handed = context.app.vault.handoffs_of(&attempt.id).await;
    let handed = handed.map_err(context.failed(&work.base))?;
    let now = Timestamp::now();
    let handed: Vec<HandedStep<'_>> = latest(&handed).into_iter().map(|one| step(one, now)).collect();
    let home = context.base();
    let others = context.app.connectors.of_session(&context.session).await.map_err(context.failed(&home))?;
    let before = work.before();
    Ok(form(
        &context.frame(),
        &FormPage {
            flow,
            links: FormLinks {
                base: &work.base,
                providers: (1 < others.len()).then_some(home.as_str()),
                icon: Some(&work.icon),
            },
            sent,
            attempt: matches!(flow.stage(), Stage::Failed { .. }).then_some(attempt.id.as_str()),
            before: before.as_ref(),
            handed: &handed,
        },
    ))
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
