//! Signing in at a provider: the way there and back, for our pages and for StackOne's widget.
//!
//! **Invariant:** what the browser brings back has to be what a cookie of this browser says; so nobody finishes what
//! somebody else began, and a link that is passed on is of no use.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use guide::Key;
use link::Stage;
use secret::Secret;
use vault::{Session, SignInState};

use super::check;
use super::context::{PageContext, SessionContext, go};
use super::cookie;
use crate::access::session_by_token;
use crate::app::App;
use crate::connectors;
use crate::layers::client::Client;
use crate::limits;
use crate::linking::{Linking, refusal};
use crate::pages::{SignInPage, Trouble, sign_in_failed, signed_in};
use crate::sign_in::{self, Back, Returned, Sent, Via};
use crate::widget::ENVIRONMENT;
use crate::wire::error::{ApiError, CONFLICT, GONE, NOT_FOUND};
use crate::wire::{Query, Segments};

/// The cookie of a browser that is at a provider.
const AWAY: &str = "waystone_away";
/// Where it is sent back.
const PATH: &str = "/connect/oauth2";
/// For so many seconds.
const SECONDS: i64 = 15 * 60;

/// StackOne's widget opens this in a window of its own. The session's token and what was typed stand in the address:
/// the browser leaves it at once, and it is never logged.
pub(super) async fn start(
    State(app): State<Arc<App>>,
    client: Client,
    headers: HeaderMap,
    Segments(connector): Segments<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Response> {
    let context = PageContext::new(&app, &headers);
    let failed = |error: ApiError| context.failed(&error, "/");
    limits::may_guess(&app, &client).await.map_err(failed)?;
    let mut given = Given::parse(query.as_deref().unwrap_or_default());
    let session = session_by_token(&app, &client, &given.take("token")).await;
    let session = session.map_err(|_| context.trouble(Trouble::NoSession))?;
    let id = given.take("connection_attempt_id");
    given.take("redirect_uri");
    let found = app.vault.sign_in(session.seq, &id).await;
    let found = found.map_err(|error| failed(ApiError::internal(&error)))?;
    let Some(one) = found.filter(|one| one.state == SignInState::Pending) else {
        return Err(context.trouble(Trouble::LinkUsed));
    };
    match to_provider(&app, &session, &connector, &one, given).await {
        Ok(sent) => Ok(away(&app, &sent)),
        Err(error) => {
            let told = Some(("misconfigured", error.message.as_str()));
            let ended = app.vault.end_sign_in(&one.id, SignInState::Error, None, told).await;
            ended.map_err(|error| failed(ApiError::internal(&error)))?;
            Err(context.failed(&error, "/"))
        }
    }
}

/// The browser comes back.
pub(super) async fn callback(
    State(app): State<Arc<App>>,
    client: Client,
    headers: HeaderMap,
    Segments(provider): Segments<String>,
    Query(back): Query<Back>,
) -> Result<Response, Response> {
    let context = PageContext::new(&app, &headers);
    let failed = |error: ApiError| context.failed(&error, "/");
    limits::may_guess(&app, &client).await.map_err(failed)?;
    let Some(state) = back.state.as_deref() else { return Err(context.trouble(Trouble::NotFound)) };
    let own = cookie::read(&headers, AWAY);
    if own.as_ref().map(Secret::expose) != Some(state) {
        limits::guessed_wrong(&app, &client).await;
        return Err(context.trouble(Trouble::OtherBrowser));
    }
    let Some(mut returned) = sign_in::take(&app, &provider, state).await.map_err(failed)? else {
        return Err(context.trouble(Trouble::LinkUsed));
    };
    sign_in::tell(&app, &mut returned.linking, &back);
    let mut response = match returned.via {
        Via::Widget => for_widget(&app, &client, returned, context).await?,
        Via::Page => Box::pin(for_page(&app, &client, returned, &context)).await?,
    };
    if let Some(gone) = cookie::set(AWAY, &Secret::default(), PATH, 0, app.is_secure(), false) {
        response.headers_mut().append(SET_COOKIE, gone);
    }
    Ok(response)
}

/// The address at which a page of ours has the browser leave: it has a cookie, which the page's frame may not.
pub(super) async fn leave(
    State(app): State<Arc<App>>,
    client: Client,
    headers: HeaderMap,
    Segments((seq, id)): Segments<(i64, String)>,
) -> Result<Response, Response> {
    let context = PageContext::new(&app, &headers);
    let failed = |error: ApiError| context.failed(&error, "/");
    limits::may_guess(&app, &client).await.map_err(failed)?;
    // The id is as good as a token: 128 random bits, for one use, for some minutes.
    let found = app.vault.sign_in(seq, &id).await;
    let found = found.map_err(|error| failed(ApiError::internal(&error)))?;
    let Some(one) = found.filter(|one| one.state == SignInState::Pending) else {
        limits::guessed_wrong(&app, &client).await;
        return Err(context.trouble(Trouble::LinkUsed));
    };
    let Some(attempt) = one.attempt.clone() else { return Err(context.trouble(Trouble::LinkUsed)) };
    let attempt = app.vault.attempt(&attempt).await;
    let Some(attempt) = attempt.map_err(|error| failed(ApiError::internal(&error)))? else {
        return Err(context.trouble(Trouble::LinkUsed));
    };
    let session = app.vault.session(&attempt.project, attempt.session).await;
    let session = session.map_err(|error| failed(ApiError::internal(&error)))?;
    let Some(session) = session else { return Err(context.trouble(Trouble::LinkUsed)) };
    let found = connectors::find(&app, &attempt.project, &attempt.connector_profile).await.map_err(failed)?;
    let Some(connector) = found else { return Err(context.trouble(Trouble::NotFound)) };
    let opened = Linking::open(&app, &session, connector, attempt).await.map_err(failed)?;
    let Some(linking) = opened else { return Err(context.trouble(Trouble::LinkUsed)) };
    let sent = sign_in::send(&app, &one, &linking, Via::Page).await.map_err(failed)?;
    Ok(away(&app, &sent))
}

/// What stands in the address that the widget makes.
struct Given(Vec<(String, Secret)>);

impl Given {
    fn parse(query: &str) -> Self {
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        Self(pairs.map(|(name, value)| (name.into_owned(), Secret::new(value.into_owned()))).collect())
    }

    fn take(&mut self, name: &str) -> String {
        let at = self.0.iter().position(|(key, _)| key == name);
        at.map(|at| self.0.remove(at).1.expose().to_owned()).unwrap_or_default()
    }
}

/// Begins the attempt of the widget, and sends the browser to the provider.
async fn to_provider(
    app: &Arc<App>,
    session: &Session,
    connector: &str,
    one: &vault::SignIn,
    mut given: Given,
) -> Result<Sent, ApiError> {
    let found = connectors::find(app, &session.made.project, connector).await?;
    let found = found.filter(|one| one.active && connectors::may(session, one));
    let connector = found
        .ok_or_else(|| ApiError::new(&NOT_FOUND, "There is no connector with this id in this session"))?;
    let replaces = edited(app, session, &connector).await?;
    let mut linking = Linking::begin(app, session, connector, replaces).await?;
    let environment = given.take(ENVIRONMENT);
    if !environment.is_empty() {
        linking.flow.choose_environment(&environment);
    }
    let typed: Vec<(Key, Secret)> =
        given.0.into_iter().filter_map(|(name, value)| Some((Key::parse(&name)?, value))).collect();
    let problems = linking.flow.prefill(&typed);
    if let Some(first) = problems.first() {
        return Err(ApiError::new(&CONFLICT, first.says.to_string()));
    }
    if !linking.flow.is_complete() || matches!(linking.flow.stage(), Stage::Choose(_)) {
        return Err(ApiError::new(&CONFLICT, "Not everything that is needed was given"));
    }
    linking.save(app).await?;
    sign_in::send(app, one, &linking, Via::Widget).await
}

/// The account that the session edits, if it is one of this connector.
async fn edited(
    app: &App,
    session: &Session,
    connector: &connectors::Connector,
) -> Result<Option<vault::Account>, ApiError> {
    let Some(id) = session.made.account.as_deref().and_then(|id| id.parse().ok()) else { return Ok(None) };
    let found = app.vault.get(&id).await.map_err(|error| ApiError::internal(&error))?;
    Ok(found.filter(|one| one.provider == connector.provider() && one.method == connector.method))
}

/// The browser goes to the provider, with a cookie to know it by.
fn away(app: &App, sent: &Sent) -> Response {
    let mut response = StatusCode::FOUND.into_response();
    let headers = response.headers_mut();
    if let Ok(url) = HeaderValue::from_str(&sent.url) {
        headers.insert(LOCATION, url);
    }
    if let Some(cookie) = cookie::set(AWAY, sent.back.secret(), PATH, SECONDS, app.is_secure(), false) {
        headers.insert(SET_COOKIE, cookie);
    }
    response
}

/// All the way, for a client that only asks whether it is done.
async fn for_widget(
    app: &Arc<App>,
    client: &Client,
    returned: Returned,
    context: PageContext,
) -> Result<Response, Response> {
    let Returned { sign_in: one, mut linking, session, .. } = returned;
    let failed = |error: ApiError| context.failed(&error, "/");
    let host = linking.flow.host();
    let ended = async {
        if matches!(linking.flow.stage(), Stage::Checking(_)) {
            limits::attempt(app, &session, client, host.as_deref()).await?;
            linking.run(app).await?;
        } else {
            linking.save(app).await?;
        }
        match refusal(&linking.flow, &linking.attempt.id) {
            Some(refused) => Err(refused),
            None => linking.store(app).await,
        }
    };
    let ended = ended.await;
    let name = linking.flow.guide().provider.name.clone();
    let icon = connectors::icon_path(linking.connector.provider());
    let done = match &ended {
        Ok(account) => {
            app.vault.end_sign_in(&one.id, SignInState::Authenticated, Some(account.id.as_str()), None).await
        }
        Err(error) => {
            let told = (error.message.as_str(), error.provider_response.as_deref().unwrap_or_default());
            app.vault.end_sign_in(&one.id, SignInState::Error, None, Some(told)).await
        }
    };
    if !done.map_err(|error| failed(ApiError::internal(&error)))? {
        return Err(failed(ApiError::new(&GONE, "The sign-in was given up meanwhile")));
    }
    Ok(match ended {
        Ok(_) => context.page(StatusCode::OK, signed_in(&context.frame(), &name, Some(&icon))),
        Err(_) => {
            let page = SignInPage { provider: &name, icon: Some(&icon), base: "", follow: false };
            let verdict = match linking.flow.stage() {
                Stage::Failed { verdict, .. } => Some(verdict),
                _ => None,
            };
            context.page(StatusCode::OK, sign_in_failed(&context.frame(), &page, verdict))
        }
    })
}

/// Back to the pages: the checks are made while the person looks on.
async fn for_page(
    app: &Arc<App>,
    client: &Client,
    returned: Returned,
    context: &PageContext,
) -> Result<Response, Response> {
    let Returned { sign_in: one, mut linking, session, .. } = returned;
    let failed = |error: ApiError| context.failed(&error, "/");
    let base = format!("/session/{}/{}", session.seq, linking.connector.id);
    let ended = app.vault.end_sign_in(&one.id, SignInState::Authenticated, None, None).await;
    ended.map_err(|error| failed(ApiError::internal(&error)))?;
    if matches!(linking.flow.stage(), Stage::Checking(_)) {
        limits::attempt(app, &session, client, linking.flow.host().as_deref()).await.map_err(failed)?;
        linking.save(app).await.map_err(failed)?;
        check::run_here(app, linking).await.map_err(failed)?;
    } else {
        linking.save(app).await.map_err(failed)?;
    }
    Ok(go(&format!("{base}/back")))
}

/// Back from the provider. The window may be one that was opened for this, without the session's cookie: what comes
/// next is in the other one.
pub(super) async fn back(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Segments((seq, id)): Segments<(i64, String)>,
    context: Result<SessionContext, Response>,
) -> Response {
    if context.is_ok() {
        return go(&format!("/session/{seq}/{id}/checking"));
    }
    let context = PageContext::new(&app, &headers);
    context.page(StatusCode::OK, signed_in(&context.frame(), &app.brand.name, None))
}
