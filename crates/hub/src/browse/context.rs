//! The context that page handlers use: the session, the parts that all pages share, and the page shown for a failure.
//!
//! **Invariant:** a [`SessionContext`] exists only for a browser that opened the session's link, while the session is
//! open and may still edit the account that it was created for, if any.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use axum::body::Bytes;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{
    ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_TYPE, LOCATION, REFERRER_POLICY, RETRY_AFTER, VARY,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use secret::Secret;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use vault::{Digest, Presentation, Session};

use super::failure::Failure;
use super::posted::Posted;
use super::requester::is_same_origin;
use super::{cookie, policy};
use crate::app::App;
use crate::client::Client;
use crate::pages::{Frame, Look, Mode, Trouble, trouble};
use crate::request_id;
use crate::texts::Language;
use crate::web_origin::WebOrigin;
use crate::wire::error::ApiError;

/// The name of the query parameter that contains a frame's single-use token. The token is needed if the browser blocks
/// the frame's cookie.
pub(super) const FRAME: &str = "frame";

/// The name of the query parameter that marks the first request after the Hub has set the browser's cookie. If that
/// request has no cookie, the browser does not store cookies.
pub(super) const FIRST: &str = "first";

/// The beginning of the name of a session's cookie. The session's id follows.
pub(super) const SESSION_COOKIE: &str = "waystone_session_";

/// The context of a session's page. It proves that the browser opened the session's link.
pub(super) struct SessionContext {
    pub(super) session: Session,
    /// The browser's secret.
    pub(super) secret: Secret,
    page: PageContext,
}

/// The context of any page.
#[derive(Clone)]
pub(super) struct PageContext {
    pub(super) app: Arc<App>,
    pub(super) client: Client,
    language: Language,
    csrf: String,
    /// The origin of the page that embeds this one.
    parent: Option<String>,
    /// The origins of the pages that may embed this one.
    ancestors: Vec<WebOrigin>,
    look: Look,
    return_to: Option<String>,
    /// The path of the page that a person reloads to start over.
    back: String,
}

/// The slot in which a [`SessionContext`] leaves its [`PageContext`] for `render_failures`.
type Shared = Arc<OnceLock<PageContext>>;

/// Renders the page for a handler's failure. If the request belongs to a session, the page uses the session's language
/// and display options.
pub(super) async fn render_failures(
    State(app): State<Arc<App>>,
    client: Client,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let (page, shared) = (PageContext::new(&app, client, &parts), Shared::default());
    parts.extensions.insert(Arc::clone(&shared));
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let page = shared.get().unwrap_or(&page);
    match response.extensions_mut().remove::<Failure>() {
        Some(Failure::Error(error)) => page.error(&error),
        Some(Failure::Trouble(why)) => page.trouble(&why),
        Some(Failure::Redirect(path)) => redirect_to(&path),
        None => response,
    }
}

impl PageContext {
    fn new(app: &Arc<App>, client: Client, parts: &Parts) -> Self {
        let accepted = parts.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let segments: Vec<&str> = parts.uri.path().split('/').take(4).collect();
        Self {
            app: Arc::clone(app),
            client,
            language: accepted.map_or(Language::default(), Language::negotiate),
            csrf: String::new(),
            parent: None,
            ancestors: Vec::new(),
            look: Look::default(),
            return_to: None,
            back: match segments.get(1) {
                Some(&"session" | &"help") => segments.join("/"),
                _ => "/".to_owned(),
            },
        }
    }

    /// Derives the CSRF token from the browser's secret.
    pub(super) fn set_browser(&mut self, secret: &str) {
        self.csrf = csrf(secret);
    }

    /// Applies the session's settings and the link's display options. The language comes from the embedding page if it
    /// specifies one, otherwise from the session, otherwise from the browser.
    pub(super) fn set_session(&mut self, session: &Session, presentation: &Presentation) {
        let languages = [&presentation.language, &session.parameters.language];
        if let Some(language) = languages.into_iter().flatten().find_map(|tag| Language::parse(tag)) {
            self.language = language;
        }
        self.return_to.clone_from(&session.parameters.return_url);
        if presentation.parent.is_some() {
            let origins = session.parameters.origins.iter();
            self.ancestors = origins.filter_map(|text| text.parse().ok()).collect();
        }
        let scheme = presentation.scheme.as_deref().and_then(|name| name.parse().ok()).unwrap_or_default();
        self.look = Look { scheme, footer: presentation.footer };
        self.parent.clone_from(&presentation.parent);
    }

    /// Returns the parts that all pages share.
    pub(super) fn frame(&self) -> Frame<'_> {
        Frame {
            brand: &self.app.brand,
            language: self.language,
            assets: &self.app.assets,
            csrf: &self.csrf,
            mode: match &self.parent {
                Some(parent) => Mode::Embedded { parent },
                None => Mode::Standalone,
            },
            look: self.look,
            return_to: self.return_to.as_deref(),
        }
    }

    /// Whether a form came from a page that was shown to this browser.
    pub(super) fn is_own(&self, headers: &HeaderMap, token: &str) -> bool {
        is_same_origin(headers, &self.app.public_url)
            && !self.csrf.is_empty()
            && bool::from(self.csrf.as_bytes().ct_eq(token.as_bytes()))
    }

    /// Returns the fields of a form. Fails if the form did not come from a page that was shown to this browser.
    pub(super) fn posted(&self, headers: &HeaderMap, body: &Bytes) -> Result<Posted, Failure> {
        let posted = Posted::parse(headers, body);
        posted.filter(|posted| self.is_own(headers, posted.text("csrf"))).ok_or_else(|| self.stale())
    }

    /// Returns the failure for an outdated form.
    pub(super) fn stale(&self) -> Failure {
        Trouble::StaleForm { back: self.back.clone() }.into()
    }

    /// Counts a request with an unknown token toward the rate limit, and returns the failure to respond with.
    pub(super) async fn wrong_guess(&self, why: Trouble) -> Failure {
        match self.app.limiter.guessed_wrong(&self.client, "link").await {
            Ok(()) => why.into(),
            Err(error) => error.into(),
        }
    }

    /// Responds with a page.
    pub(super) fn page(&self, html: String) -> Response {
        self.respond(StatusCode::OK, html)
    }

    /// Responds with a page that shows the problems in a form.
    pub(super) fn rejected(&self, html: String) -> Response {
        self.respond(StatusCode::UNPROCESSABLE_ENTITY, html)
    }

    /// Responds with a page that says that someone else was faster.
    pub(super) fn conflict(&self, html: String) -> Response {
        self.respond(StatusCode::CONFLICT, html)
    }

    /// Responds with a page that explains why the requested page cannot be shown.
    pub(super) fn trouble(&self, why: &Trouble) -> Response {
        let status = match why {
            Trouble::LinkExpired | Trouble::LinkUsed | Trouble::LinkRevoked | Trouble::SignInOver => {
                StatusCode::GONE
            }
            Trouble::NoSession
            | Trouble::OtherBrowser
            | Trouble::CookiesOff
            | Trouble::CookiesBlocked { .. } => StatusCode::UNAUTHORIZED,
            Trouble::OriginNotAllowed => StatusCode::FORBIDDEN,
            Trouble::TooManyAttempts { .. } => StatusCode::TOO_MANY_REQUESTS,
            Trouble::NotFound => StatusCode::NOT_FOUND,
            Trouble::StaleForm { .. } => StatusCode::CONFLICT,
            Trouble::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Trouble::HubError { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        };
        self.respond(status, trouble(&self.frame(), why))
    }

    /// Responds with the page for an API error.
    fn error(&self, error: &ApiError) -> Response {
        let mut response = self.trouble(&match error.status.as_u16() {
            429 => Trouble::TooManyAttempts { minutes: error.retry_after.unwrap_or(60).div_ceil(60) },
            503 => Trouble::Unavailable,
            404 => Trouble::NotFound,
            409 | 410 => Trouble::StaleForm { back: self.back.clone() },
            _ => Trouble::HubError { request: request_id::current().unwrap_or_default() },
        });
        if let Some(seconds) = error.retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }

    /// Allows a page's forms to lead to a provider.
    pub(super) fn may_leave(&self, mut response: Response) -> Response {
        policy::set(&self.ancestors, policy::ProviderForms::of(&self.app), &mut response);
        response
    }

    /// Whether another page embeds this one.
    pub(super) fn is_embedded(&self) -> bool {
        self.parent.is_some()
    }

    fn respond(&self, status: StatusCode, html: String) -> Response {
        let mut response = (status, html).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(VARY, HeaderValue::from_static("accept-language, cookie"));
        // With `no-referrer`, browsers would send `Origin: null` with forms (`requester.rs`).
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("strict-origin"));
        policy::set(&self.ancestors, policy::ProviderForms::none(), &mut response);
        response
    }

    /// Finds the session whose id is the path's second segment. Fails if the browser did not open the session's link,
    /// or if the session has ended.
    async fn open_session(&mut self, parts: &Parts) -> Result<(Session, Secret), Failure> {
        let seq = parts.uri.path().split('/').nth(2).and_then(|text| text.parse::<i64>().ok());
        let seq = seq.ok_or(Trouble::NotFound)?;
        let query = parts.uri.query().unwrap_or_default();
        let parameter = |name| url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| *key == name);
        let (frame, is_first) = (parameter(FRAME), parameter(FIRST).is_some());
        let secret = cookie::read(&parts.headers, &cookie_name(seq), self.app.is_secure());
        let (secret, frame) = match (secret, frame) {
            (Some(secret), frame) => (secret, frame),
            (None, Some((_, frame))) => return Err(self.without_cookie(seq, &frame).await),
            (None, None) if is_first => return Err(Trouble::CookiesOff.into()),
            (None, None) => return Err(Trouble::NoSession.into()),
        };
        let browser = Digest::of(secret.expose());
        match (self.app.vault.session_by_browser(seq, &browser).await?, frame) {
            (None, Some((_, frame))) => Err(self.without_cookie(seq, &frame).await),
            (None, None) => Err(self.wrong_guess(Trouble::NoSession).await),
            (Some((session, _)), Some(_)) => {
                self.app.limiter.write(&session)?;
                // The browser accepted the cookie, so the single-use token in the URL is no longer needed.
                self.app.vault.delete_frame_token(seq, &browser).await?;
                Err(Failure::Redirect(parts.uri.path().to_owned()))
            }
            // Removes the parameter. Otherwise, a page that is reloaded after the cookie has expired would report that
            // the browser does not store cookies.
            (Some(_), None) if is_first => Err(Failure::Redirect(parts.uri.path().to_owned())),
            (Some((session, presentation)), None) => {
                self.set_browser(secret.expose());
                self.set_session(&session, &presentation);
                if session.revoked_at.is_some()
                    || self.app.session_accounts.lost_its_account(&session).await?
                {
                    return Err(Trouble::LinkRevoked.into());
                }
                if session.ends_at() <= Timestamp::now() {
                    return Err(Trouble::LinkExpired.into());
                }
                if session.used_at.is_some() {
                    self.expect_result(&session, parts.uri.path()).await?;
                }
                Ok((session, secret))
            }
        }
    }

    /// Allows only the pages that show the result of a single-use session that has linked its account. Any other page of
    /// the session leads to the result.
    async fn expect_result(&self, session: &Session, path: &str) -> Result<(), Failure> {
        let attempt = self.app.vault.linked_attempt_of(session.seq).await?.ok_or(Trouble::LinkUsed)?;
        let connector = attempt.connector_profile;
        // The account may have been deleted or given to another owner since.
        self.app.links.linked(session, &connector).await?.ok_or(Trouble::LinkUsed)?;
        let base = format!("/session/{}/{connector}", session.seq);
        match path.strip_prefix(&base) {
            Some("/done" | "/progress") => Ok(()),
            _ => Err(Failure::Redirect(format!("{base}/done"))),
        }
    }

    /// Returns the failure for a frame whose cookie the browser blocks. The resulting page lets the person continue in
    /// a separate window.
    async fn without_cookie(&mut self, seq: i64, frame: &str) -> Failure {
        match self.app.vault.session_by_frame(seq, &Digest::of(frame)).await {
            Ok(Some((session, presentation))) => {
                self.set_session(&session, &presentation);
                let action = format!("/session/{seq}/window");
                Trouble::CookiesBlocked { action, frame: frame.to_owned() }.into()
            }
            Ok(None) => self.wrong_guess(Trouble::NoSession).await,
            Err(error) => error.into(),
        }
    }
}

impl SessionContext {
    /// Returns the fields of a form that changes something in the session. Fails if the form did not come from a page
    /// that was shown to this browser, or if the session has made too many changes.
    pub(super) fn posted(&self, headers: &HeaderMap, body: &Bytes) -> Result<Posted, Failure> {
        self.app.limiter.write(&self.session)?;
        self.page.posted(headers, body)
    }

    /// Returns the path of the session's first page.
    pub(super) fn base(&self) -> String {
        format!("/session/{}", self.session.seq)
    }
}

impl Deref for SessionContext {
    type Target = PageContext;

    fn deref(&self) -> &PageContext {
        &self.page
    }
}

/// Redirects the browser to another of the Hub's pages.
pub(super) fn redirect_to(path: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let path = HeaderValue::from_str(path).unwrap_or_else(|_| HeaderValue::from_static("/"));
    response.headers_mut().insert(LOCATION, path);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Returns the name of a session's cookie. The name contains the session's id, because a browser may have several
/// sessions open.
pub(super) fn cookie_name(session: i64) -> String {
    format!("{SESSION_COOKIE}{session}")
}

/// Returns the CSRF token for a browser's forms. It is derived from the browser's secret, so only the Hub's pages can
/// contain it.
fn csrf(secret: &str) -> String {
    let digest = Sha256::new().chain_update("waystone form 1\0").chain_update(secret).finalize();
    hex::encode(&digest[..16])
}

impl FromRequestParts<Arc<App>> for PageContext {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        let client = Client::from_request_parts(parts, app).await?;
        Ok(Self::new(app, client, parts))
    }
}

impl FromRequestParts<Arc<App>> for SessionContext {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        let mut page = PageContext::from_request_parts(parts, app).await?;
        let opened = page.open_session(parts).await;
        if let Some(shared) = parts.extensions.get::<Shared>() {
            shared.get_or_init(|| page.clone());
        }
        let (session, secret) = opened?;
        Ok(Self { session, secret, page })
    }
}
