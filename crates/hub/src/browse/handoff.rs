//! Hands a step to another person: creates the link, shows the step, and accepts the values.
//!
//! **Invariant:** the values that the first helper submits are sealed with the attempt; no one else's are stored. They
//! are never shown to the person who asked for help, nor shown to the helper again.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use guide::{Key, Mistake};
use jiff::{Timestamp, ToSpan as _};
use link::{FieldProblem, Flow};
use secret::Secret;
use vault::{Attempt, Digest, Handoff, NewHandoff, Session, Token};

use super::context::{PageContext, SessionContext, redirect_to};
use super::cookie::{self, Cookie};
use super::failure::Failure;
use super::fill::rejected;
use super::link_token::token_of;
use super::posted::public_values;
use super::requester::is_ahead;
use super::work::work;
use crate::app::App;
use crate::linking::{Added, Entered, HelperFlow, HelperValues};
use crate::pages::{
    HandoffPage, HelpPage, PageProvider, Trouble, handoff_created, help, help_thanks, help_too_late,
};
use crate::wire::Segments;

/// The lifetime of a helper's link, in hours. The session is extended by the same amount, because an admin is rarely
/// available within the half hour that a session lasts.
pub(super) const HANDOFF_HOURS: i64 = 72;

/// The beginning of the names of helpers' cookies, and the maximum number of them in a browser.
const HELP_COOKIES: (&str, usize) = ("waystone_help_", 8);

/// Creates the link that hands off a step, unless this browser has already created one that can still be used.
/// Redirects to the page that shows the link, so that reloading the page creates no further link.
pub(super) async fn create(
    context: SessionContext,
    headers: HeaderMap,
    Segments((_, id)): Segments<(i64, String)>,
    body: Bytes,
) -> Result<Response, Failure> {
    let mut work = work(&context, &id, true).await?;
    let posted = context.posted(&headers, &body)?;
    // This comes first, because a request that is refused must not extend how long entered values are kept.
    let (step, fields) = {
        let mut steps = work.linking.flow.method().steps().map(|(_, step)| step);
        let step = steps.find(|step| step.key == *posted.text("step") && !step.collects.is_empty());
        let step = step.ok_or_else(|| context.stale())?;
        (step.key.to_string(), step.collects.iter().map(ToString::to_string).collect::<Vec<String>>())
    };
    // Saves the chosen environment and the values entered so far.
    let environment = posted.text("environment");
    if !environment.is_empty() {
        work.linking.flow.choose_environment(environment);
    }
    let entered = Entered { environment: None, values: posted.typed() };
    let mut problems = work.linking.flow.prefill(&entered.values);
    if let Some(missing) = work.linking.flow.missing_for_helper(&fields) {
        context.app.links.save(&mut work.linking).await?;
        let is_new = |new: &FieldProblem| problems.iter().all(|problem| problem.field != new.field);
        let missing: Vec<_> = missing.into_iter().filter(is_new).collect();
        problems.extend(missing);
        return rejected(&context, &work, &entered, &problems).await;
    }
    let now = Timestamp::now();
    let expires = until(&context.session, now);
    work.linking.attempt.expires_at = expires.max(work.linking.attempt.expires_at);
    context.app.links.save(&mut work.linking).await?;

    let (vault, attempt) = (&context.app.vault, &work.linking.attempt);
    let mut known = None;
    for handoff in vault.handoffs_of(&attempt.id).await? {
        if handoff.step == step && handoff.is_open(now) {
            known = own(&context, &handoff.id).await?.or(known);
        }
    }
    let handoff = match known {
        Some((handoff, _)) => handoff,
        None => {
            let (step, secret) = (step.as_str(), &context.secret);
            let new = NewHandoff { attempt, step, fields: &fields, expires_at: expires, secret };
            vault.add_handoff(&new, now).await?
        }
    };
    Ok(redirect_to(&format!("{}/handoff/{}", work.base, handoff.id)))
}

/// Shows the link that this browser created. Redirects to the form if the link can no longer be used.
pub(super) async fn created(
    context: SessionContext,
    Segments((_, id, handoff)): Segments<(i64, String, String)>,
) -> Result<Response, Failure> {
    let work = work(&context, &id, false).await?;
    let now = Timestamp::now();
    let found = own(&context, &handoff).await?.filter(|(handoff, _)| handoff.is_open(now));
    let Some((handoff, token)) = found.filter(|(handoff, _)| handoff.attempt == work.linking.attempt.id)
    else {
        return Ok(redirect_to(&work.base));
    };
    let mut steps = work.linking.flow.method().steps().map(|(_, step)| step);
    let step = steps.find(|step| step.key == *handoff.step).ok_or_else(|| context.stale())?;
    let page = HandoffPage {
        provider: PageProvider::from(work.linking.flow.guide()),
        step: &step.title,
        link: &format!("{}help/{}", context.app.public_url, token.secret().expose()),
        until: handoff.expires_at,
        base: &work.base,
    };
    Ok(context.page(handoff_created(&context.frame(), &page)))
}

/// Returns the handoff with this id and the token in its link, if this browser created the link.
async fn own(context: &SessionContext, id: &str) -> Result<Option<(Handoff, Token)>, Failure> {
    let token = Handoff::token(id, &context.secret);
    let found = context.app.vault.handoff_by_token(&token.digest()).await?;
    Ok(found.filter(|handoff| handoff.id == id).map(|handoff| (handoff, token)))
}

/// Returns the expiry time of a helper's link: `HANDOFF_HOURS` from now, but at most `HANDOFF_HOURS` after the
/// session's original expiry time, so that repeated handoffs cannot extend the session indefinitely.
fn until(session: &Session, now: Timestamp) -> Timestamp {
    let after = |moment: Timestamp| moment.saturating_add(HANDOFF_HOURS.hours()).unwrap_or(moment);
    after(now).min(after(session.parameters.expires_at))
}

/// Opens a helper's link if the URL contains the link's token. Otherwise, shows the step or, if its values have already
/// arrived, who sent them: this browser, or someone else. A request that nobody waits for, such as a prefetch, changes
/// nothing and gets no page.
pub(super) async fn show(
    context: PageContext,
    headers: HeaderMap,
    Segments(link): Segments<String>,
) -> Result<Response, Failure> {
    if is_ahead(&headers) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    if link.starts_with("wsh_") {
        return enter(&context, &headers, &link).await;
    }
    let helper = Helper::find(context, &headers, &link).await?;
    match &helper.handoff.done_by {
        Some(by) if *by == helper.browser => Ok(helper.context.page(help_thanks(&helper.context.frame()))),
        Some(_) => Ok(helper.too_late()),
        None => Ok(helper.context.page(helper.render(&[], &[], false).await?)),
    }
}

/// Accepts the helper's values, unless someone else has already submitted theirs.
pub(super) async fn accept(
    State(app): State<Arc<App>>,
    context: PageContext,
    headers: HeaderMap,
    Segments(link): Segments<String>,
    body: Bytes,
) -> Result<Response, Failure> {
    let helper = Helper::find(context, &headers, &link).await?;
    let Helper { handoff, session, context, browser, .. } = &helper;
    let posted = context.posted(&headers, &body)?;
    let page = format!("/help/{link}");
    match &handoff.done_by {
        // The form was submitted twice.
        Some(by) if by == browser => return Ok(redirect_to(&page)),
        Some(_) => return Ok(helper.too_late()),
        None => {}
    }
    let mut typed = posted.typed();
    typed.retain(|(key, _)| handoff.fields.iter().any(|field| *key == **field));
    let mut flow = helper.flow().await?.flow;
    let mut problems = flow.prefill(&typed);
    problems.extend(missing(&flow, handoff, &problems));
    let public = public_values(flow.method(), &typed);
    if !problems.is_empty() {
        return Ok(context.rejected(helper.render(&public, &problems, false).await?));
    }
    let entered = HelperValues { by: browser, host: posted.text("host"), values: &typed };
    match app.links.add_values(session, handoff, entered).await? {
        Added::HostChanged => Ok(context.rejected(helper.render(&public, &[], true).await?)),
        // If someone else was faster, the page says so.
        Added::Saved | Added::TooLate => Ok(redirect_to(&page)),
    }
}

/// Moves the token from the URL into a cookie, which also contains a random part that tells helpers' browsers apart.
async fn enter(context: &PageContext, headers: &HeaderMap, token: &str) -> Result<Response, Failure> {
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
    let name = &cookie_name(&handoff.id);
    let is_secure = context.app.is_secure();
    let known = cookie::read(headers, name, is_secure);
    if known.is_some_and(|secret| token_of(secret.expose()) == token) {
        return Ok(response);
    }
    let value = Secret::new(format!("{token}.{}", Token::random("")?.secret().expose()));
    let cookie = Cookie {
        name,
        value: &value,
        paths: &[&path],
        seconds: handoff.expires_at.as_second() - now.as_second(),
        is_secure,
        embedded: false,
    };
    cookie.set_limited(headers, HELP_COOKIES, &mut response);
    Ok(response)
}

fn cookie_name(id: &str) -> String {
    format!("{}{id}", HELP_COOKIES.0)
}

/// A person who was handed a step.
struct Helper {
    handoff: Handoff,
    attempt: Attempt,
    session: Session,
    context: PageContext,
    /// The digest of the secret of the helper's browser.
    browser: Digest,
}

impl Helper {
    async fn find(mut context: PageContext, headers: &HeaderMap, id: &str) -> Result<Self, Failure> {
        let vault = &context.app.vault;
        let secret =
            cookie::read(headers, &cookie_name(id), context.app.is_secure()).ok_or(Trouble::NotFound)?;
        let found = vault.handoff_by_token(&Digest::of(token_of(secret.expose()))).await?;
        let Some(handoff) = found.filter(|handoff| handoff.id == id) else {
            return Err(context.wrong_guess(Trouble::NotFound).await);
        };
        let attempt = vault.attempt(&handoff.attempt).await?.ok_or(Trouble::LinkExpired)?;
        let session = vault.session(&attempt.project, attempt.session).await?;
        let now = Timestamp::now();
        let session = session.filter(|session| now < handoff.expires_at.min(session.ends_at()));
        let session = session.ok_or(Trouble::LinkExpired)?;
        if session.revoked_at.is_some() {
            return Err(Trouble::LinkRevoked.into());
        }
        if attempt.state.has_ended() && handoff.done_at.is_none() {
            return Err(Trouble::LinkUsed.into());
        }
        context.set_browser(secret.expose());
        Ok(Self { handoff, attempt, session, context, browser: Digest::of(secret.expose()) })
    }

    /// Responds with the page for a helper whose values were not needed, because someone else had already sent theirs.
    fn too_late(&self) -> Response {
        self.context.conflict(help_too_late(&self.context.frame()))
    }

    /// Creates a separate flow for the helper.
    async fn flow(&self) -> Result<HelperFlow, Failure> {
        let fields = &self.handoff.fields;
        let flow = self.context.app.links.helper_flow(&self.session, &self.attempt, fields).await?;
        Ok(flow.ok_or(Trouble::LinkExpired)?)
    }

    /// Renders the step. `host_changed` is set if the helper has seen another host.
    async fn render(
        &self,
        typed: &[(Key, String)],
        problems: &[FieldProblem],
        host_changed: bool,
    ) -> Result<String, Failure> {
        let HelperFlow { flow, host } = self.flow().await?;
        let mut steps = flow.method().steps().map(|(_, step)| step);
        let step = steps.find(|step| step.key == *self.handoff.step).ok_or(Trouble::LinkExpired)?;
        let action = format!("/help/{}", self.handoff.id);
        let owner = &self.session.parameters.owner;
        let page = HelpPage {
            flow: &flow,
            step,
            host: host.as_deref(),
            host_changed,
            customer: &owner.name,
            // Products may set an email address, which the helper does not need.
            person: owner.username.as_deref().filter(|name| !name.contains('@')),
            action: &action,
            typed,
            problems,
        };
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
