//! Signing in at a provider: the way there and back, for our pages and for StackOne's widget.
//!
//! **Invariant:** what the browser brings back has to be what a cookie of this browser says; so nobody finishes what
//! somebody else began, and a link that is passed on is of no use.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use guide::Key;
use link::Stage;
use secret::Secret;
use vault::{Session, SignIn, SignInState};

use super::context::{PageContext, SessionContext, go};
use super::cookie::{self, Cookie};
use crate::app::App;
use crate::client::Client;
use crate::connectors;
use crate::linking::{Entered, Linking};
use crate::pages::{SignInPage, Trouble, sign_in_failed, signed_in};
use crate::sign_ins::{Back, Returned, Sent, Via};
use crate::widget::ENVIRONMENT;
use crate::wire::error::{ApiError, CONFLICT, GONE};
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
    app.limiter.may_guess(&client).await.map_err(context.failed("/"))?;
    let mut given = Given::parse(query.as_deref().unwrap_or_default());
    let session = app.access.session(&client, &given.take("token")).await;
    let session = session.map_err(|_| context.trouble(Trouble::NoSession))?;
    let id = given.take("connection_attempt_id");
    given.take("redirect_uri");
    let found = app.vault.sign_in(session.seq, &id).await;
    let found = found.map_err(context.failed("/"))?;
    let Some(one) = found.filter(|one| one.state == SignInState::Pending) else {
        return Err(context.trouble(Trouble::LinkUsed));
    };
    match to_provider(&app, &session, &connector, &one, given).await {
        Ok(sent) => Ok(away(&app, &sent)),
        Err(error) => {
            let told = Some(("misconfigured", error.message.as_str()));
            let ended = app.vault.end_sign_in(&one.id, SignInState::Error, None, told).await;
            ended.map_err(context.failed("/"))?;
            Err(context.error_page(&error, "/"))
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
    app.limiter.may_guess(&client).await.map_err(context.failed("/"))?;
    let Some(state) = back.state.as_deref() else { return Err(context.trouble(Trouble::NotFound)) };
    let own = cookie::read(&headers, AWAY);
    if own.as_ref().map(Secret::expose) != Some(state) {
        app.limiter.guessed_wrong(&client).await;
        return Err(context.trouble(Trouble::OtherBrowser));
    }
    let returned = app.sign_ins.take(state).await.map_err(context.failed("/"))?;
    let Some(returned) = returned else { return Err(context.trouble(Trouble::LinkUsed)) };
    let Returned { sign_in, via, verifier, session, attempt } = returned;
    let opened = app.links.open(&session, attempt).await.map_err(context.failed("/"))?;
    let opened = opened.filter(|linking| linking.connector.provider() == provider);
    let Some(mut linking) = opened else { return Err(context.trouble(Trouble::LinkUsed)) };
    app.sign_ins.tell(&mut linking.flow, verifier, &back);
    let mut response = match via {
        Via::Widget => for_widget(&app, &client, &context, &sign_in, linking).await?,
        Via::Page => Box::pin(for_page(&app, &client, &context, &sign_in, linking)).await?,
    };
    response.headers_mut().extend(away_cookie(&app, &Secret::default(), 0));
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
    app.limiter.may_guess(&client).await.map_err(context.failed("/"))?;
    // The id is as good as a token: 128 random bits, for one use, for some minutes.
    let found = app.vault.sign_in(seq, &id).await;
    let found = found.map_err(context.failed("/"))?;
    let Some(one) = found.filter(|one| one.state == SignInState::Pending) else {
        app.limiter.guessed_wrong(&client).await;
        return Err(context.trouble(Trouble::LinkUsed));
    };
    let Some(attempt) = one.attempt.clone() else { return Err(context.trouble(Trouble::LinkUsed)) };
    let attempt = app.vault.attempt(&attempt).await;
    let Some(attempt) = attempt.map_err(context.failed("/"))? else {
        return Err(context.trouble(Trouble::LinkUsed));
    };
    let session = app.vault.session(&attempt.project, attempt.session).await;
    let session = session.map_err(context.failed("/"))?;
    let Some(session) = session else { return Err(context.trouble(Trouble::LinkUsed)) };
    let opened = app.links.open(&session, attempt).await.map_err(context.failed("/"))?;
    let Some(linking) = opened else { return Err(context.trouble(Trouble::LinkUsed)) };
    let sent = app.sign_ins.send(&one, &linking.attempt, &linking.flow, Via::Page).await;
    Ok(away(&app, &sent.map_err(context.failed("/"))?))
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

    /// The rest, which was entered in the widget's form.
    fn entered(mut self) -> Entered {
        let environment = Some(self.take(ENVIRONMENT)).filter(|key| !key.is_empty());
        let values =
            self.0.into_iter().filter_map(|(name, value)| Some((Key::parse(&name)?, value))).collect();
        Entered { environment, values }
    }
}

/// Begins the attempt of the widget, and sends the browser to the provider.
async fn to_provider(
    app: &Arc<App>,
    session: &Session,
    connector: &str,
    one: &SignIn,
    given: Given,
) -> Result<Sent, ApiError> {
    let linking = app.links.begin_sign_in(session, connector, &given.entered()).await?;
    app.sign_ins.send(one, &linking.attempt, &linking.flow, Via::Widget).await
}

/// The browser goes to the provider, with a cookie to know it by.
fn away(app: &App, sent: &Sent) -> Response {
    let mut response = StatusCode::FOUND.into_response();
    let headers = response.headers_mut();
    if let Ok(url) = HeaderValue::from_str(&sent.url) {
        headers.insert(LOCATION, url);
    }
    headers.extend(away_cookie(app, sent.back.secret(), SECONDS));
    response
}

/// The header that sets the cookie of a browser that is at a provider.
fn away_cookie(app: &App, value: &Secret, seconds: i64) -> Option<(HeaderName, HeaderValue)> {
    let is_secure = app.is_secure();
    let cookie = Cookie { name: AWAY, value, path: PATH, seconds, is_secure, embedded: false };
    cookie.header().map(|header| (SET_COOKIE, header))
}

/// All the way, for a client that only asks whether it is done.
async fn for_widget(
    app: &Arc<App>,
    client: &Client,
    context: &PageContext,
    one: &SignIn,
    mut linking: Linking,
) -> Result<Response, Response> {
    let ended = app.links.finish(client, &mut linking).await;
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
    if !done.map_err(context.failed("/"))? {
        let error = ApiError::new(&GONE, "The sign-in was given up meanwhile");
        return Err(context.error_page(&error, "/"));
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
    context: &PageContext,
    one: &SignIn,
    mut linking: Linking,
) -> Result<Response, Response> {
    let base = format!("/session/{}/{}", linking.session.seq, linking.connector.id);
    let ended = app.vault.end_sign_in(&one.id, SignInState::Authenticated, None, None).await;
    ended.map_err(context.failed("/"))?;
    if linking.is_checking() {
        if !app.links.check(client, linking).await.map_err(context.failed("/"))? {
            let error = ApiError::new(&CONFLICT, "The checks are under way already");
            return Err(context.error_page(&error, "/"));
        }
    } else {
        app.links.save(&mut linking).await.map_err(context.failed("/"))?;
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
