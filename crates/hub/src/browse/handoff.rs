//! A step for somebody else: the link for it, and what comes by it.
//!
//! **Invariant:** what comes goes into the attempt under seal and is shown to nobody: neither to whoever asked nor,
//! again, to whoever gave it.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use guide::{Key, Mistake};
use jiff::{Timestamp, ToSpan as _};
use link::{FieldProblem, Flow};
use secret::Secret;
use vault::{Attempt, Digest, Handoff, NewHandoff, Session};

use super::context::{PageContext, SessionContext, go};
use super::cookie::{self, Cookie};
use super::posted::shown;
use super::work::work;
use crate::app::App;
use crate::client::Client;
use crate::connectors;
use crate::pages::{HandoffPage, HelpPage, Trouble, handoff_made, help, help_thanks};
use crate::wire::Segments;
use crate::wire::error::ApiError;

/// A link for somebody else is good for so many hours, and for as long the session goes on: who administers a product
/// is seldom there within the half hour of a session.
pub(super) const HANDED_HOURS: i64 = 72;

pub(super) async fn make(
    context: SessionContext,
    headers: HeaderMap,
    Segments((_, id)): Segments<(i64, String)>,
    body: Bytes,
) -> Result<Response, Response> {
    let mut work = work(&context, &id, true).await?;
    let base = work.base.clone();
    let stale = || context.trouble(Trouble::StaleForm { back: &base });
    let posted = context.posted(&headers, &body).ok_or_else(stale)?;
    // What was typed so far stays, and so does the choice of an environment.
    let environment = posted.text("environment");
    if !environment.is_empty() {
        work.linking.flow.choose_environment(environment);
    }
    work.linking.flow.prefill(&posted.typed());
    let now = Timestamp::now();
    let expires = until(&context.session, now);
    work.linking.attempt.expires_at = expires.max(work.linking.attempt.expires_at);
    context.app.links.save(&mut work.linking).await.map_err(context.failed(&base))?;

    let method = work.linking.flow.method();
    let Some((_, step)) = method.steps().find(|(_, step)| step.key == *posted.text("step")) else {
        return Err(stale());
    };
    let fields: Vec<String> = step.collects.iter().map(ToString::to_string).collect();
    if fields.is_empty() {
        return Err(stale());
    }
    let new = NewHandoff {
        attempt: &work.linking.attempt,
        step: step.key.as_str(),
        fields: &fields,
        expires_at: expires,
    };
    let made = context.app.vault.add_handoff(&new, now);
    let (_, token) = made.await.map_err(context.failed(&base))?;
    let page = HandoffPage {
        provider: &work.linking.flow.guide().provider.name,
        icon: Some(&work.icon),
        step: &step.title,
        link: &format!("{}help/{}", context.app.public_url, token.secret().expose()),
        until: expires,
        base: &base,
    };
    Ok(context.page(handoff_made(&context.frame(), &page)))
}

/// Until when a link for somebody else is good. However often a step is handed on, the session goes on for so long and no
/// longer.
fn until(session: &Session, now: Timestamp) -> Timestamp {
    let after = |moment: Timestamp| moment.saturating_add(HANDED_HOURS.hours()).unwrap_or(moment);
    after(now).min(after(session.made.expires_at))
}

/// The way in, and then the step.
pub(super) async fn show(
    State(app): State<Arc<App>>,
    client: Client,
    headers: HeaderMap,
    Segments(link): Segments<String>,
) -> Result<Response, Response> {
    if link.starts_with("wsh_") {
        return enter(&app, &client, &headers, &link).await;
    }
    let helper = Helper::find(&app, &client, &headers, &link).await?;
    if helper.handoff.done_at.is_some() {
        return Ok(helper.context.page(StatusCode::OK, help_thanks(&helper.context.frame())));
    }
    helper.page(&app, StatusCode::OK, &[], &[]).await
}

pub(super) async fn give(
    State(app): State<Arc<App>>,
    client: Client,
    headers: HeaderMap,
    Segments(link): Segments<String>,
    body: Bytes,
) -> Result<Response, Response> {
    let helper = Helper::find(&app, &client, &headers, &link).await?;
    let action = format!("/help/{link}");
    let stale = || helper.context.trouble(Trouble::StaleForm { back: &action });
    let posted = helper.context.posted(&headers, &body).ok_or_else(stale)?;
    if helper.handoff.done_at.is_some() {
        return Ok(go(&action));
    }
    let asked = |key: &Key| helper.handoff.fields.iter().any(|field| *key == **field);
    let typed: Vec<(Key, Secret)> = posted.typed().into_iter().filter(|(key, _)| asked(key)).collect();
    let mut flow = helper.flow(&app).await?;
    let mut problems = flow.prefill(&typed);
    problems.extend(lacking(&flow, &helper.handoff, &problems));
    if !problems.is_empty() {
        let typed = shown(flow.method(), &typed);
        return helper.page(&app, StatusCode::UNPROCESSABLE_ENTITY, &typed, &problems).await;
    }
    helper.keep(&app, &typed).await.map_err(helper.context.failed(&action))?;
    Ok(go(&action))
}

/// Gives the browser a secret of its own, and sends it on to an address without the token.
async fn enter(
    app: &Arc<App>,
    client: &Client,
    headers: &HeaderMap,
    token: &str,
) -> Result<Response, Response> {
    let context = PageContext::new(app, headers);
    app.limiter.may_guess(client).await.map_err(context.failed("/"))?;
    let found = app.vault.handoff_by_token(&Digest::of(token)).await;
    let found = found.map_err(context.failed("/"))?;
    let Some(handoff) = found else {
        app.limiter.guessed_wrong(client).await;
        return Err(context.trouble(Trouble::NotFound));
    };
    let now = Timestamp::now();
    if handoff.expires_at <= now {
        return Err(context.trouble(Trouble::LinkExpired));
    }
    let path = format!("/help/{}", handoff.id);
    let seconds = handoff.expires_at.as_second() - now.as_second();
    let mut response = go(&path);
    let name = cookie_name(&handoff.id);
    let (name, value, is_secure) = (name.as_str(), &Secret::from(token), app.is_secure());
    let cookie = Cookie { name, value, path: &path, seconds, is_secure, embedded: false };
    response.headers_mut().extend(cookie.header().map(|header| (SET_COOKIE, header)));
    Ok(response)
}

fn cookie_name(id: &str) -> String {
    format!("waystone_{id}")
}

/// Somebody who was handed a step.
struct Helper {
    handoff: Handoff,
    attempt: Attempt,
    session: Session,
    context: PageContext,
}

impl Helper {
    async fn find(app: &Arc<App>, client: &Client, headers: &HeaderMap, id: &str) -> Result<Self, Response> {
        let context = PageContext::new(app, headers);
        app.limiter.may_guess(client).await.map_err(context.failed("/"))?;
        let Some(secret) = cookie::read(headers, &cookie_name(id)) else {
            return Err(context.trouble(Trouble::NotFound));
        };
        let found =
            app.vault.handoff_by_token(&Digest::of(secret.expose())).await.map_err(context.failed("/"))?;
        let Some(handoff) = found.filter(|handoff| handoff.id == id) else {
            app.limiter.guessed_wrong(client).await;
            return Err(context.trouble(Trouble::NotFound));
        };
        let attempt = app.vault.attempt(&handoff.attempt).await.map_err(context.failed("/"))?;
        let Some(attempt) = attempt else { return Err(context.trouble(Trouble::LinkExpired)) };
        let session =
            app.vault.session(&attempt.project, attempt.session).await.map_err(context.failed("/"))?;
        let now = Timestamp::now();
        let Some(session) = session.filter(|session| session.may_continue(now) && now < handoff.expires_at)
        else {
            return Err(context.trouble(Trouble::LinkExpired));
        };
        if attempt.state.is_over() && handoff.done_at.is_none() {
            return Err(context.trouble(Trouble::LinkUsed));
        }
        let context = context.with_browser(secret.expose());
        Ok(Self { handoff, attempt, session, context })
    }

    /// A flow of the helper's own, with nothing in it of what was typed by whoever asked but the environment.
    async fn flow(&self, app: &Arc<App>) -> Result<Flow, Response> {
        let found = app.links.helper_flow(&self.session, &self.attempt).await;
        let found = found.map_err(self.context.failed("/"))?;
        found.ok_or_else(|| self.context.trouble(Trouble::LinkExpired))
    }

    async fn page(
        &self,
        app: &Arc<App>,
        status: StatusCode,
        typed: &[(Key, String)],
        problems: &[FieldProblem],
    ) -> Result<Response, Response> {
        let flow = self.flow(app).await?;
        let Some((_, step)) = flow.method().steps().find(|(_, step)| step.key == *self.handoff.step) else {
            return Err(self.context.trouble(Trouble::LinkExpired));
        };
        let icon = connectors::icon_path(&self.attempt.provider);
        let action = format!("/help/{}", self.handoff.id);
        let page = HelpPage { flow: &flow, step, icon: Some(&icon), action: &action, typed, problems };
        Ok(self.context.page(status, help(&self.context.frame(), &page)))
    }

    /// Puts the values into the attempt, and ends the handoff.
    async fn keep(&self, app: &App, typed: &[(Key, Secret)]) -> Result<(), ApiError> {
        app.links.add_values(&self.session, &self.attempt.id, typed).await?;
        Ok(app.vault.end_handoff(&self.handoff.id, Timestamp::now()).await.map(|_| ())?)
    }
}

/// Which of the fields asked for were left empty.
fn lacking(flow: &Flow, handoff: &Handoff, told: &[FieldProblem]) -> Vec<FieldProblem> {
    let fields = handoff.fields.iter().filter_map(|key| flow.method().field(key));
    let fields = fields.filter(|field| field.required && flow.applies(field));
    let missing = fields.filter(|field| {
        !flow.values().contains_key(&field.key) && !told.iter().any(|problem| problem.field == field.key)
    });
    missing
        .map(|field| FieldProblem {
            field: field.key.clone(),
            says: Mistake::Missing.in_field(&field.label),
            belongs_to: None,
        })
        .collect()
}
