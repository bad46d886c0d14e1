//! Hands a step to another person: creates the link, shows the step, and accepts the values.
//!
//! **Invariant:** the values that the helper enters are sealed with the attempt. They are never shown to the person who
//! asked for help, nor shown to the helper again.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use guide::{Key, Mistake};
use jiff::{Timestamp, ToSpan as _};
use link::{FieldProblem, Flow};
use secret::Secret;
use vault::{Attempt, Digest, Handoff, NewHandoff, Session};

use super::context::{Failure, PageContext, SessionContext, redirect_to};
use super::cookie::{self, Cookie};
use super::link_token::token_of;
use super::posted::public_values;
use super::work::work;
use crate::app::App;
use crate::pages::{HandoffPage, HelpPage, PageProvider, Trouble, handoff_created, help, help_thanks};
use crate::wire::Segments;

/// The lifetime of a helper's link, in hours. The session is extended by the same amount, because an admin is rarely
/// available within the half hour that a session lasts.
pub(super) const HANDOFF_HOURS: i64 = 72;

/// Creates the link that hands off a step, and shows the link.
pub(super) async fn create(
    context: SessionContext,
    headers: HeaderMap,
    Segments((_, id)): Segments<(i64, String)>,
    body: Bytes,
) -> Result<Response, Failure> {
    let mut work = work(&context, &id, true).await?;
    let posted = context.posted(&headers, &body)?;
    // Saves the chosen environment and the values entered so far.
    let environment = posted.text("environment");
    if !environment.is_empty() {
        work.linking.flow.choose_environment(environment);
    }
    work.linking.flow.prefill(&posted.typed());
    let now = Timestamp::now();
    let expires = until(&context.session, now);
    work.linking.attempt.expires_at = expires.max(work.linking.attempt.expires_at);
    context.app.links.save(&mut work.linking).await?;

    let mut steps = work.linking.flow.method().steps().map(|(_, step)| step);
    let step = steps.find(|step| step.key == *posted.text("step") && !step.collects.is_empty());
    let step = step.ok_or_else(|| context.stale())?;
    let fields: Vec<String> = step.collects.iter().map(ToString::to_string).collect();
    let handoff = NewHandoff {
        attempt: &work.linking.attempt,
        step: step.key.as_str(),
        fields: &fields,
        expires_at: expires,
    };
    let (_, token) = context.app.vault.add_handoff(&handoff, now).await?;
    let page = HandoffPage {
        provider: PageProvider::from(work.linking.flow.guide()),
        step: &step.title,
        link: &format!("{}help/{}", context.app.public_url, token.secret().expose()),
        until: expires,
        base: &work.base,
    };
    Ok(context.page(handoff_created(&context.frame(), &page)))
}

/// Returns the expiry time of a helper's link: `HANDOFF_HOURS` from now, but at most `HANDOFF_HOURS` after the
/// session's original expiry time, so that repeated handoffs cannot extend the session indefinitely.
fn until(session: &Session, now: Timestamp) -> Timestamp {
    let after = |moment: Timestamp| moment.saturating_add(HANDOFF_HOURS.hours()).unwrap_or(moment);
    after(now).min(after(session.parameters.expires_at))
}

/// Opens a helper's link if the URL contains the link's token. Otherwise, shows the step or, if its values have already
/// arrived, a thank-you page.
pub(super) async fn show(
    context: PageContext,
    headers: HeaderMap,
    Segments(link): Segments<String>,
) -> Result<Response, Failure> {
    if link.starts_with("wsh_") {
        return enter(&context, &link).await;
    }
    let helper = Helper::find(context, &headers, &link).await?;
    if helper.handoff.done_at.is_some() {
        return Ok(helper.context.page(help_thanks(&helper.context.frame())));
    }
    Ok(helper.context.page(helper.render(&[], &[]).await?))
}

/// Accepts the helper's values.
pub(super) async fn accept(
    State(app): State<Arc<App>>,
    context: PageContext,
    headers: HeaderMap,
    Segments(link): Segments<String>,
    body: Bytes,
) -> Result<Response, Failure> {
    let helper = Helper::find(context, &headers, &link).await?;
    let Helper { handoff, attempt, session, context } = &helper;
    let posted = context.posted(&headers, &body)?;
    let page = format!("/help/{link}");
    if handoff.done_at.is_some() {
        return Ok(redirect_to(&page));
    }
    let mut typed = posted.typed();
    typed.retain(|(key, _)| handoff.fields.iter().any(|field| *key == **field));
    let mut flow = helper.flow().await?;
    let mut problems = flow.prefill(&typed);
    problems.extend(missing(&flow, handoff, &problems));
    if !problems.is_empty() {
        let typed = public_values(flow.method(), &typed);
        return Ok(context.rejected(helper.render(&typed, &problems).await?));
    }
    app.links.add_values(session, &attempt.id, &typed).await?;
    app.vault.end_handoff(&handoff.id, Timestamp::now()).await?;
    Ok(redirect_to(&page))
}

/// Moves the token from the URL into a cookie.
async fn enter(context: &PageContext, token: &str) -> Result<Response, Failure> {
    let token = token_of(token);
    let Some(handoff) = context.app.vault.handoff_by_token(&Digest::of(token)).await? else {
        return Err(context.wrong_guess(Trouble::NotFound).await);
    };
    let now = Timestamp::now();
    if handoff.expires_at <= now {
        return Err(Trouble::LinkExpired.into());
    }
    let path = format!("/help/{}", handoff.id);
    let mut response = redirect_to(&path);
    let cookie = Cookie {
        name: &cookie_name(&handoff.id),
        value: &Secret::from(token),
        path: &path,
        seconds: handoff.expires_at.as_second() - now.as_second(),
        is_secure: context.app.is_secure(),
        embedded: false,
    };
    cookie.set(&mut response);
    Ok(response)
}

fn cookie_name(id: &str) -> String {
    format!("waystone_{id}")
}

/// A person who was handed a step.
struct Helper {
    handoff: Handoff,
    attempt: Attempt,
    session: Session,
    context: PageContext,
}

impl Helper {
    async fn find(mut context: PageContext, headers: &HeaderMap, id: &str) -> Result<Self, Failure> {
        let vault = &context.app.vault;
        let secret = cookie::read(headers, &cookie_name(id)).ok_or(Trouble::NotFound)?;
        let found = vault.handoff_by_token(&Digest::of(secret.expose())).await?;
        let Some(handoff) = found.filter(|handoff| handoff.id == id) else {
            return Err(context.wrong_guess(Trouble::NotFound).await);
        };
        let attempt = vault.attempt(&handoff.attempt).await?.ok_or(Trouble::LinkExpired)?;
        let session = vault.session(&attempt.project, attempt.session).await?;
        let now = Timestamp::now();
        let session = session.filter(|session| session.may_continue(now) && now < handoff.expires_at);
        let session = session.ok_or(Trouble::LinkExpired)?;
        if attempt.state.has_ended() && handoff.done_at.is_none() {
            return Err(Trouble::LinkUsed.into());
        }
        context.set_browser(secret.expose());
        Ok(Self { handoff, attempt, session, context })
    }

    /// Creates a separate flow for the helper. It has the chosen environment, but no other value entered by the person
    /// who asked for help.
    async fn flow(&self) -> Result<Flow, Failure> {
        let flow = self.context.app.links.helper_flow(&self.session, &self.attempt).await?;
        Ok(flow.ok_or(Trouble::LinkExpired)?)
    }

    /// Renders the step.
    async fn render(&self, typed: &[(Key, String)], problems: &[FieldProblem]) -> Result<String, Failure> {
        let flow = self.flow().await?;
        let mut steps = flow.method().steps().map(|(_, step)| step);
        let step = steps.find(|step| step.key == *self.handoff.step).ok_or(Trouble::LinkExpired)?;
        let action = format!("/help/{}", self.handoff.id);
        let page = HelpPage { flow: &flow, step, action: &action, typed, problems };
        Ok(help(&self.context.frame(), &page))
    }
}

/// Returns a problem for each of the step's required fields that is empty and has no problem in `known`.
fn missing(flow: &Flow, handoff: &Handoff, known: &[FieldProblem]) -> Vec<FieldProblem> {
    let fields = handoff.fields.iter().filter_map(|key| flow.method().field(key));
    let fields = fields.filter(|field| field.required && flow.applies(field));
    let missing = fields.filter(|field| {
        !flow.values().contains_key(&field.key) && !known.iter().any(|problem| problem.field == field.key)
    });
    missing
        .map(|field| FieldProblem {
            field: field.key.clone(),
            says: Mistake::Missing.in_field(&field.label),
            belongs_to: None,
        })
        .collect()
}
