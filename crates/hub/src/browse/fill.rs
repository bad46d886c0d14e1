//! Shows the form, accepts submitted forms, and previews values while a person types.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use guide::Key;
use jiff::Timestamp;
use link::{FieldProblem, Stage};
use serde::Deserialize;
use vault::{AttemptState, Handoff};

use super::away::redirect_to_provider;
use super::context::{SessionContext, redirect_to};
use super::failure::Failure;
use super::posted::public_values;
use super::sign_in::sign_in_data;
use super::work::{Work, work};
use crate::linking::{Entered, Linking};
use crate::pages::{
    FormPage, HandedStep, HandoffState, SentForm, form, preview as preview_of, sign_in as sign_in_page,
};
use crate::sign_ins::Via;
use crate::wire::error::CONFLICT;
use crate::wire::{Query, Segments};

/// The query parameters of the form.
#[derive(Deserialize)]
pub(super) struct Visit {
    /// Whether the person went back to the form from the page that asks them to confirm the account. `send.js` adds this
    /// parameter to the form's entry in the browser's history.
    edit: Option<String>,
}

/// Shows the form. Begins a link attempt if there is none, except for `HEAD` requests, which scripts send to learn whether
/// the page is still the right one.
pub(super) async fn show(
    context: SessionContext,
    method: Method,
    Segments((_, id)): Segments<(i64, String)>,
    Query(visit): Query<Visit>,
) -> Result<Response, Failure> {
    let work = work(&context, &id, method != Method::HEAD).await?;
    let has_next_page = match work.linking.attempt.state {
        AttemptState::Checking => true,
        AttemptState::Confirming => visit.edit.is_none(),
        _ => false,
    };
    if has_next_page {
        return Ok(redirect_to(&work.path()));
    }
    Ok(may_leave(&context, &work, context.page(render(&context, &work, None).await?)))
}

pub(super) async fn submit(
    context: SessionContext,
    headers: HeaderMap,
    Segments((_, id)): Segments<(i64, String)>,
    body: Bytes,
) -> Result<Response, Failure> {
    let mut work = work(&context, &id, true).await?;
    let posted = context.posted(&headers, &body)?;
    // The form was submitted twice, and the first submission is being processed.
    if work.linking.attempt.state == AttemptState::Checking {
        return Ok(redirect_to(&work.path()));
    }
    // The form was also submitted in another tab, where an account was found that nobody has confirmed yet. The values
    // submitted last replace the earlier ones, and the other tab must ask again (`finish.rs`).
    if work.linking.attempt.state == AttemptState::Confirming {
        if posted.text("do") != "connect" {
            return Ok(redirect_to(&work.path()));
        }
        work.linking.flow.confirm(false);
    }
    let mut values = posted.typed();
    // The form does not show fields that were handed to another person, so submitting it must not clear them.
    let handoffs = context.app.vault.handoffs_of(&work.linking.attempt.id).await?;
    let is_theirs =
        |key: &Key| handoffs.iter().any(|handoff| handoff.fields.iter().any(|field| *key == **field));
    values.retain(|(key, value)| !value.is_empty() || !is_theirs(key));
    let environment = Some(posted.text("environment")).filter(|key| !key.is_empty());
    let entered = Entered { environment: environment.map(str::to_owned), values };
    if work.linking.flow.method().auth.needs_browser() {
        return to_provider(&context, &headers, work, &entered).await;
    }
    let (flow, mut problems) = (&mut work.linking.flow, Vec::new());
    match posted.text("do") {
        "retry" => flow.retry(),
        "elsewhere" => flow.ask_elsewhere(),
        "switch" => flow.switch_environment(),
        _ => problems = flow.submit_form(entered.environment.as_deref(), &entered.values),
    }
    let links = &context.app.links;
    if work.linking.is_checking() {
        links.check(&context.client, work.linking).await?;
        return Ok(redirect_to(&format!("{}/checking", work.base)));
    }
    links.save(&mut work.linking).await?;
    rejected(&context, &work, &entered, &problems).await
}

/// Sends the person to the provider's sign-in page if the values are valid and complete. Otherwise, shows the form
/// again.
async fn to_provider(
    context: &SessionContext,
    headers: &HeaderMap,
    mut work: Work,
    entered: &Entered,
) -> Result<Response, Failure> {
    let app = &context.app;
    let (problems, is_ready) = work.linking.fill(entered);
    app.links.save(&mut work.linking).await?;
    if !is_ready {
        return rejected(context, &work, entered, &problems).await;
    }
    let Linking { flow, attempt, .. } = &work.linking;
    // Providers forbid framing, so the person signs in in a separate window.
    if context.is_embedded() {
        let ticket = app.sign_ins.ticket(&context.session, attempt).await?;
        let page = sign_in_data(&context.session, flow.guide());
        let waiting = sign_in_page(&context.frame(), &page, &work.base, ticket.expose());
        return Ok(context.may_leave(context.page(waiting)));
    }
    let sign_in = app.sign_ins.begin(&context.session).await?;
    match app.sign_ins.send(&sign_in, attempt, flow, Via::Page).await {
        Ok(sent) => Ok(redirect_to_provider(headers, app.is_secure(), &sent)),
        Err(error) if *error.code == CONFLICT => {
            // The details concern the setup, which the person can neither see nor change, so only the log has them.
            tracing::warn!(
                connector = work.linking.connector.id,
                error = error.message,
                "the browser cannot be sent to the provider"
            );
            work.linking.flow.sign_in_misconfigured();
            app.links.save(&mut work.linking).await?;
            rejected(context, &work, entered, &[]).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Allows the form to lead to the provider if people sign in to use the method.
fn may_leave(context: &SessionContext, work: &Work, response: Response) -> Response {
    if work.linking.flow.method().auth.needs_browser() { context.may_leave(response) } else { response }
}

/// The values to preview while a person types.
#[derive(Deserialize)]
pub(super) struct Typed {
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
) -> Result<Response, Failure> {
    let typed = serde_json::from_slice(&body).ok();
    let Some(typed) = typed.filter(|typed: &Typed| context.is_own(&headers, &typed.csrf)) else {
        return Ok(StatusCode::BAD_REQUEST.into_response());
    };
    let work = work(&context, &id, true).await?;
    let values: Vec<(Key, String)> =
        typed.values.into_iter().filter_map(|(key, value)| Some((Key::parse(&key)?, value))).collect();
    let (language, environment) = (context.frame().language, typed.environment.as_deref());
    Ok(axum::Json(preview_of(language, &work.linking.flow, environment, &values)).into_response())
}

/// Shows a rejected form again, with its values and problems.
pub(super) async fn rejected(
    context: &SessionContext,
    work: &Work,
    entered: &Entered,
    problems: &[FieldProblem],
) -> Result<Response, Failure> {
    let typed = public_values(work.linking.flow.method(), &entered.values);
    let sent = SentForm { typed: &typed, problems };
    Ok(may_leave(context, work, context.rejected(render(context, work, Some(sent)).await?)))
}

/// Renders the form.
async fn render(
    context: &SessionContext,
    work: &Work,
    sent: Option<SentForm<'_>>,
) -> Result<String, Failure> {
    let (flow, attempt, home) = (&work.linking.flow, &work.linking.attempt, context.base());
    let handoffs = context.app.vault.handoffs_of(&attempt.id).await?;
    let now = Timestamp::now();
    let handed: Vec<HandedStep<'_>> = handoffs.iter().map(|handoff| handed_step(handoff, now)).collect();
    let others = context.app.connectors.of_session(&context.session).await?;
    let previous = work.previous();
    let may_choose = 1 < others.len() && context.session.parameters.account.is_none();
    let page = FormPage {
        flow,
        base: &work.base,
        customer: &context.session.parameters.owner.name,
        providers: may_choose.then_some(home.as_str()),
        sent,
        attempt: matches!(flow.stage(), Stage::Failed { .. }).then_some(attempt.id.as_str()),
        previous: previous.as_ref(),
        handed: &handed,
    };
    Ok(form(&context.frame(), &page))
}

fn handed_step(handoff: &Handoff, now: Timestamp) -> HandedStep<'_> {
    let state = match handoff.done_at {
        Some(_) => HandoffState::Received,
        None if now < handoff.expires_at => HandoffState::Waiting,
        None => HandoffState::Expired,
    };
    HandedStep { step: &handoff.step, state }
}
