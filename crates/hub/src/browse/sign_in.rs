//! Sends browsers to a provider's sign-in page and handles their return, for the linking pages and for StackOne's
//! widget.
//!
//! **Invariant:** the state that a browser returns with must match the browser's cookie. This prevents anyone from
//! finishing a sign-in that someone else began, even with a forwarded link.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use guide::Key;
use link::Stage;
use secret::Secret;
use vault::{Session, SignIn, SignInState};

use super::context::{Failure, PageContext, SessionContext, redirect_to};
use super::cookie::{self, Cookie};
use crate::app::App;
use crate::linking::{Entered, Linking};
use crate::pages::{PageProvider, SignInPage, Trouble, sign_in_failed, signed_in};
use crate::sign_ins::{Back, Returned, Sent, Via};
use crate::widget::ENVIRONMENT;
use crate::wire::error::{ApiError, CONFLICT, GONE};
use crate::wire::{Query, Segments};

/// The name of the cookie that holds a sign-in's state.
const STATE_COOKIE: &str = "waystone_away";
/// The path of the cookie, which is a prefix of the path that the provider redirects to.
const PATH: &str = "/connect/oauth2";
/// The lifetime of the cookie, in seconds.
const SECONDS: i64 = 15 * 60;

/// Starts a sign-in in the window that StackOne's widget opens. The URL contains the session's token and the entered
/// values. The browser is redirected immediately, and the URL is never logged.
pub(super) async fn start(
    State(app): State<Arc<App>>,
    context: PageContext,
    Segments(connector): Segments<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let mut parameters = Parameters::parse(query.as_deref().unwrap_or_default());
    let session = app.access.session(&context.client, &parameters.take("token")).await;
    let session = session.map_err(|error| match error.status {
        StatusCode::UNAUTHORIZED => Trouble::NoSession.into(),
        _ => Failure::Error(error),
    })?;
    app.limiter.write(&session)?;
    let sign_in = app.vault.sign_in(session.seq, &parameters.take("connection_attempt_id")).await?;
    parameters.take("redirect_uri");
    let sign_in = sign_in.filter(|sign_in| sign_in.state == SignInState::Pending);
    let sign_in = sign_in.ok_or(Trouble::LinkUsed)?;
    match to_provider(&app, &session, &connector, &sign_in, parameters).await {
        Ok(sent) => Ok(redirect_to_provider(&app, &sent)),
        Err(error) => {
            let reason = Some(("misconfigured", error.message.as_str()));
            app.vault.end_sign_in(&sign_in.id, SignInState::Error, None, reason).await?;
            Err(error.into())
        }
    }
}

/// Handles the provider's redirect back to the Hub.
pub(super) async fn callback(
    State(app): State<Arc<App>>,
    context: PageContext,
    headers: HeaderMap,
    Segments(provider): Segments<String>,
    Query(back): Query<Back>,
) -> Result<Response, Failure> {
    let state = back.state.as_deref().ok_or(Trouble::NotFound)?;
    let own = cookie::read(&headers, STATE_COOKIE);
    if own.as_ref().map(Secret::expose) != Some(state) {
        return Err(context.wrong_guess(Trouble::OtherBrowser).await);
    }
    let returned = app.sign_ins.take(state).await?.ok_or(Trouble::LinkUsed)?;
    let Returned { sign_in, via, verifier, session, attempt } = returned;
    let linking = app.links.open(&session, attempt).await?;
    let linking = linking.filter(|linking| linking.connector.provider() == provider);
    let mut linking = linking.ok_or(Trouble::LinkUsed)?;
    app.sign_ins.resume_flow(&mut linking.flow, verifier, &back);
    linking.record_denial();
    let mut response = match via {
        Via::Widget => for_widget(&context, &sign_in, linking).await?,
        Via::Page => Box::pin(for_page(&context, &sign_in, linking)).await?,
    };
    set_state_cookie(&app, &Secret::default(), 0, &mut response);
    Ok(response)
}

/// Sends the browser from a linking page to the provider. This handler can set a cookie even if the browser blocks
/// cookies in the frame that shows the page.
pub(super) async fn leave(
    State(app): State<Arc<App>>,
    context: PageContext,
    Segments((seq, id)): Segments<(i64, String)>,
) -> Result<Response, Failure> {
    // The id serves as a token: it has 128 random bits, can be used once, and expires after a few minutes.
    let sign_in = app.vault.sign_in(seq, &id).await?;
    let Some(sign_in) = sign_in.filter(|sign_in| sign_in.state == SignInState::Pending) else {
        return Err(context.wrong_guess(Trouble::LinkUsed).await);
    };
    let attempt = sign_in.attempt.as_deref().ok_or(Trouble::LinkUsed)?;
    let attempt = app.vault.attempt(attempt).await?.ok_or(Trouble::LinkUsed)?;
    let session = app.vault.session(&attempt.project, attempt.session).await?.ok_or(Trouble::LinkUsed)?;
    let linking = app.links.open(&session, attempt).await?.ok_or(Trouble::LinkUsed)?;
    Ok(redirect_to_provider(
        &app,
        &app.sign_ins.send(&sign_in, &linking.attempt, &linking.flow, Via::Page).await?,
    ))
}

/// The query parameters of the URL that the widget opens.
struct Parameters(Vec<(String, Secret)>);

impl Parameters {
    fn parse(query: &str) -> Self {
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        Self(pairs.map(|(name, value)| (name.into_owned(), Secret::new(value.into_owned()))).collect())
    }

    /// Removes a parameter and returns its value; an empty string if it is missing.
    fn take(&mut self, name: &str) -> String {
        let at = self.0.iter().position(|(key, _)| key == name);
        at.map(|at| self.0.remove(at).1.expose().to_owned()).unwrap_or_default()
    }

    /// Converts the remaining parameters, which are the values entered in the widget's form.
    fn entered(mut self) -> Entered {
        let environment = Some(self.take(ENVIRONMENT)).filter(|key| !key.is_empty());
        let values = self.0.into_iter().filter_map(|(name, value)| Some((Key::parse(&name)?, value)));
        Entered { environment, values: values.collect() }
    }
}

/// Begins the widget's attempt, and prepares to send the browser to the provider.
async fn to_provider(
    app: &App,
    session: &Session,
    connector: &str,
    sign_in: &SignIn,
    parameters: Parameters,
) -> Result<Sent, ApiError> {
    let linking = app.links.begin_sign_in(session, connector, &parameters.entered()).await?;
    app.sign_ins.send(sign_in, &linking.attempt, &linking.flow, Via::Widget).await
}

/// Redirects the browser to the provider, and sets a cookie that identifies the browser when it returns.
fn redirect_to_provider(app: &App, sent: &Sent) -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::FOUND;
    if let Ok(url) = HeaderValue::from_str(&sent.url) {
        response.headers_mut().insert(LOCATION, url);
    }
    set_state_cookie(app, sent.back.secret(), SECONDS, &mut response);
    response
}

/// Sets the cookie that is compared with the state when the browser returns.
fn set_state_cookie(app: &App, value: &Secret, seconds: i64, response: &mut Response) {
    let is_secure = app.is_secure();
    Cookie { name: STATE_COOKIE, value, path: PATH, seconds, is_secure, embedded: false }.set(response);
}

/// Runs the checks and stores the account, because the widget polls for the result and shows no further pages.
async fn for_widget(
    context: &PageContext,
    sign_in: &SignIn,
    mut linking: Linking,
) -> Result<Response, Failure> {
    let app = &context.app;
    let finished = app.links.finish(&context.client, &mut linking).await;
    let (state, account, reason) = match &finished {
        Ok(account) => (SignInState::Authenticated, Some(account.id.as_str()), None),
        Err(error) => {
            let response = error.provider_response.as_deref().unwrap_or_default();
            (SignInState::Error, None, Some((error.message.as_str(), response)))
        }
    };
    if !app.vault.end_sign_in(&sign_in.id, state, account, reason).await? {
        return Err(ApiError::new(&GONE, "The sign-in was canceled").into());
    }
    let provider = PageProvider::from(linking.flow.guide());
    if finished.is_ok() {
        return Ok(context.page(signed_in(&context.frame(), Some(provider))));
    }
    let verdict = match linking.flow.stage() {
        Stage::Failed { verdict, .. } => Some(verdict),
        _ => None,
    };
    let page = SignInPage { provider, base: "", follow: false };
    Ok(context.page(sign_in_failed(&context.frame(), &page, verdict)))
}

/// Starts the checks, and redirects to the linking pages, which show the checks as they run.
async fn for_page(
    context: &PageContext,
    sign_in: &SignIn,
    mut linking: Linking,
) -> Result<Response, Failure> {
    let app = &context.app;
    let back = format!("/session/{}/{}/back", linking.session.seq, linking.connector.id);
    app.vault.end_sign_in(&sign_in.id, SignInState::Authenticated, None, None).await?;
    if !linking.is_checking() {
        app.links.save(&mut linking).await?;
    } else if !app.links.check(&context.client, linking).await? {
        return Err(ApiError::new(&CONFLICT, "The checks are already running").into());
    }
    Ok(redirect_to(&back))
}

/// Redirects to the checks after a sign-in. A window that was opened just for the sign-in may not have the session's
/// cookie. In that case, shows a page that asks the person to continue in the original window.
pub(super) async fn back(
    Segments((seq, id)): Segments<(i64, String)>,
    session: Result<SessionContext, Failure>,
    context: PageContext,
) -> Response {
    if session.is_ok() {
        return redirect_to(&format!("/session/{seq}/{id}/checking"));
    }
    context.page(signed_in(&context.frame(), None))
}
