//! Sends browsers to a provider's sign-in page from a separate window, which StackOne's widget or a linking page in a
//! frame has opened. For a linking page in its own window, `fill.rs` does this.
//!
//! **Invariant:** only a form on one of the Hub's pages sends a browser to a provider. That page names the customer, the
//! product and the provider. A link, a redirect, a prefetch or another site's form never does, so nobody can make
//! someone else sign in on their behalf without that person's knowledge.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use guide::{Guide, Key};
use jiff::Timestamp;
use secret::Secret;
use vault::{Presentation, Session, SignIn, SignInState, Token};

use super::away::{self, redirect_to_provider};
use super::context::PageContext;
use super::cookie::{self, Cookie};
use super::failure::Failure;
use super::posted::Posted;
use super::requester::is_same_origin;
use crate::access::AppState;
use crate::app::App;
use crate::connectors::Connector;
use crate::linking::Entered;
use crate::pages::{NotSignedIn, PageProvider, SignInPage, Trouble, sign_in_ask, sign_in_failed};
use crate::sign_ins::{Sent, Via};
use crate::widget::ENVIRONMENT;
use crate::wire::Segments;
use crate::wire::error::{ApiError, CONFLICT, GONE, INVALID_VALUE};

/// The name of the cookie from which the CSRF token of a separate window is derived. It grants no access to a session.
const FORM_COOKIE: &str = "waystone_form";

/// The lifetime of the cookie, in seconds.
const FORM_SECONDS: i64 = 60 * 60;

/// Shows the page that asks the person to continue to the provider, in the window that StackOne's widget opens. The URL
/// contains the session's token and the entered values, so the page's form is submitted to the same URL. The URL is
/// never logged.
pub(super) async fn ask(
    State(app): AppState,
    mut context: PageContext,
    Parts { headers, uri, .. }: Parts,
    Segments(connector): Segments<String>,
) -> Result<Response, Failure> {
    let opened = Opened::find(&app, &context, &connector, uri.query()).await?;
    ask_page(&mut context, &headers, &opened.session, opened.connector.guide(), None)
}

/// Sends the browser to the provider from the window that StackOne's widget opened, if the person pressed the button
/// there.
pub(super) async fn start(
    State(app): AppState,
    mut context: PageContext,
    Parts { headers, uri, .. }: Parts,
    Segments(connector): Segments<String>,
    body: Bytes,
) -> Result<Response, Failure> {
    let opened = Opened::find(&app, &context, &connector, uri.query()).await?;
    if !is_confirmed(&mut context, &headers, &body)? {
        return ask_page(&mut context, &headers, &opened.session, opened.connector.guide(), None);
    }
    app.limiter.write(&opened.session)?;
    let Opened { session, sign_in, connector, parameters } = opened;
    match to_provider(&app, &session, &connector.id, &sign_in, parameters).await {
        Ok(sent) => Ok(redirect_to_provider(&headers, app.is_secure(), &sent)),
        Err(error) if *error.code == GONE => Err(Trouble::SignInOver.into()),
        Err(error) => {
            let reason = Some(("misconfigured", error.message.as_str()));
            app.vault.end_sign_in(&sign_in.id, SignInState::Error, None, reason).await?;
            not_begun(&context, &session, connector.guide(), error)
        }
    }
}

/// Sends the browser to the provider from the window that a page in a frame opened. The frame's form contains a ticket,
/// because browsers do not send the frame's cookie in another window.
pub(super) async fn leave(
    State(app): AppState,
    mut context: PageContext,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Failure> {
    let posted = Posted::parse(&headers, &body).ok_or(Trouble::NotFound)?;
    let ticket = posted.text("ticket");
    let Some((session, attempt)) = app.sign_ins.by_ticket(ticket).await? else {
        return Err(context.wrong_guess(Trouble::SignInOver).await);
    };
    let linking = app.links.open(&session, attempt).await?.ok_or(Trouble::SignInOver)?;
    let guide = linking.flow.guide();
    // The frame's page has already named the customer. Without the `Sec-Fetch-Site` header, nothing proves that its
    // form was submitted, so this window asks again.
    let is_from_frame = headers.get("sec-fetch-site").is_some_and(|site| site == "same-origin");
    if !is_from_frame && !is_confirmed(&mut context, &headers, &body)? {
        return ask_page(&mut context, &headers, &session, guide, Some(ticket));
    }
    app.limiter.write(&session)?;
    let sign_in = app.sign_ins.begin(&session).await?;
    match app.sign_ins.send(&sign_in, &linking.attempt, &linking.flow, Via::Window).await {
        Ok(sent) => Ok(redirect_to_provider(&headers, app.is_secure(), &sent)),
        Err(error) => not_begun(&context, &session, guide, error),
    }
}

/// The session, sign-in and connector that the URL of the widget's window refers to.
struct Opened {
    session: Session,
    sign_in: SignIn,
    connector: Connector,
    /// The values that were entered in the widget's form.
    parameters: Parameters,
}

impl Opened {
    /// Finds the session, the sign-in and the connector. Fails if the sign-in is over.
    async fn find(
        app: &App,
        context: &PageContext,
        connector: &str,
        query: Option<&str>,
    ) -> Result<Self, Failure> {
        let mut parameters = Parameters::parse(query.unwrap_or_default());
        let session = app.access.session(&context.client, &parameters.take("token")).await;
        let session = session.map_err(|error| match error.status {
            StatusCode::UNAUTHORIZED => Trouble::NoSession.into(),
            _ => Failure::Error(error),
        })?;
        let sign_in = app.vault.sign_in(session.seq, &parameters.take("connection_attempt_id")).await?;
        let sign_in = sign_in.filter(|sign_in| sign_in.may_be_sent(Timestamp::now()));
        let sign_in = sign_in.ok_or(Trouble::SignInOver)?;
        parameters.take("redirect_uri");
        let connector = app.connectors.in_session(&session, connector).await?;
        Ok(Self { session, sign_in, connector, parameters })
    }
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

/// Whether the person pressed the button on a page that [`ask_page`] showed in this browser. Fails if the browser does
/// not store cookies.
fn is_confirmed(context: &mut PageContext, headers: &HeaderMap, body: &Bytes) -> Result<bool, Failure> {
    let Some(posted) = Posted::parse(headers, body) else { return Ok(false) };
    let token = posted.text("csrf");
    match cookie::read(headers, FORM_COOKIE, context.app.is_secure()) {
        Some(secret) => {
            context.set_browser(secret.expose());
            Ok(context.is_own(headers, token))
        }
        // Browsers do not send the cookie with another site's form.
        None if token.is_empty() || !is_same_origin(headers, &context.app.public_url) => Ok(false),
        None => Err(Trouble::CookiesOff.into()),
    }
}

/// Shows the page that asks the person to continue to the provider. Several windows of a browser share one cookie, so
/// an existing cookie is kept.
fn ask_page(
    context: &mut PageContext,
    headers: &HeaderMap,
    session: &Session,
    guide: &Guide,
    ticket: Option<&str>,
) -> Result<Response, Failure> {
    let known =
        cookie::read(headers, FORM_COOKIE, context.app.is_secure()).filter(|secret| !secret.is_empty());
    let secret = match known {
        Some(secret) => secret,
        None => Token::random("wsc_")?.secret().clone(),
    };
    context.set_browser(secret.expose());
    context.set_session(session, &Presentation::default());
    let page = sign_in_data(session, guide);
    let mut response = context.may_leave(context.page(sign_in_ask(&context.frame(), &page, ticket)));
    let cookie = Cookie {
        name: FORM_COOKIE,
        value: &secret,
        paths: &[away::PATH],
        seconds: FORM_SECONDS,
        is_secure: context.app.is_secure(),
        embedded: false,
    };
    cookie.set(&mut response);
    Ok(response)
}

/// Explains why the browser was not sent to the provider.
fn not_begun(
    context: &PageContext,
    session: &Session,
    guide: &Guide,
    error: ApiError,
) -> Result<Response, Failure> {
    if ![&CONFLICT, &INVALID_VALUE, &GONE].contains(&error.code) {
        return Err(error.into());
    }
    let why = NotSignedIn::NotBegun(&error.message);
    Ok(context.rejected(sign_in_failed(&context.frame(), &sign_in_data(session, guide), Some(why))))
}

/// Returns the data for a session's sign-in pages.
pub(super) fn sign_in_data<'a>(session: &'a Session, guide: &'a Guide) -> SignInPage<'a> {
    SignInPage { provider: PageProvider::from(guide), customer: &session.parameters.owner.name }
}
