//! What the handlers of pages work with: the session, the frame around a page, and how an answer is made.
//!
//! **Invariant:** a [`SessionContext`] exists only for a browser that opened the session's link, while the session is open.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::FromRequestParts;
use axum::http::header::{
    ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, RETRY_AFTER, VARY,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use vault::{Digest, Presentation, Session};

use super::cookie;
use super::posted::Posted;
use crate::app::App;
use crate::client::Client;
use crate::hex::hex;
use crate::pages::{Frame, Look, Mode, Scheme, Trouble, trouble};
use crate::request_id;
use crate::texts::Language;
use crate::wire::error::{ApiError, TOO_MANY_REQUESTS};

/// The parameter of an address, once, in which a frame says who it is should the browser keep no cookie for it.
pub(super) const FRAME: &str = "frame";

/// What a page of a session needs: the session, and a browser that opened its link.
pub(super) struct SessionContext {
    pub(super) app: Arc<App>,
    pub(super) session: Session,
    pub(super) client: Client,
    page: PageContext,
}

/// What a page needs from its request, also where it belongs to no session.
pub(super) struct PageContext {
    app: Arc<App>,
    language: Language,
    csrf: String,
    /// The origin of the page that embeds this one.
    parent: Option<String>,
    /// Who may embed it.
    ancestors: Vec<String>,
    look: Look,
    return_to: Option<String>,
}

impl PageContext {
    /// For a page that belongs to no session.
    pub(super) fn new(app: &Arc<App>, headers: &HeaderMap) -> Self {
        let asked = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Self {
            app: Arc::clone(app),
            language: asked.map_or(Language::default(), Language::negotiate),
            csrf: String::new(),
            parent: None,
            ancestors: Vec::new(),
            look: Look::default(),
            return_to: None,
        }
    }

    /// The same, for a browser with this secret.
    pub(super) fn with_browser(mut self, secret: &str) -> Self {
        self.csrf = csrf(secret);
        self
    }

    /// The same, for a session. The page around knows best which language it is in, and whoever made the session better
    /// than the browser.
    pub(super) fn of(mut self, session: &Session, showing: Presentation) -> Self {
        let asked = [showing.language.as_deref(), session.made.language.as_deref()];
        if let Some(language) = asked.into_iter().flatten().find_map(Language::parse) {
            self.language = language;
        }
        self.return_to.clone_from(&session.made.return_url);
        if showing.parent.is_some() {
            self.ancestors.clone_from(&session.made.origins);
        }
        let scheme = showing.scheme.as_deref().and_then(Scheme::parse).unwrap_or_default();
        self.look = Look { scheme, footer: showing.footer };
        self.parent = showing.parent;
        self
    }

    /// What is around a page.
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

    /// Whether a form came from a page of this browser.
    fn is_own(&self, headers: &HeaderMap, token: &str) -> bool {
        let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
        let same = site.is_none_or(|site| site == "same-origin");
        same && !self.csrf.is_empty() && bool::from(self.csrf.as_bytes().ct_eq(token.as_bytes()))
    }

    /// What a form holds, if it came from a page of this browser.
    pub(super) fn posted(&self, headers: &HeaderMap, body: &Bytes) -> Option<Posted> {
        Posted::parse(headers, body).filter(|posted| self.is_own(headers, posted.text("csrf")))
    }

    /// A page.
    pub(super) fn page(&self, status: StatusCode, html: String) -> Response {
        let ancestors = match self.ancestors.as_slice() {
            [] => "'none'".to_owned(),
            origins => origins.join(" "),
        };
        let policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
             form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
        );
        let mut response = (status, html).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(VARY, HeaderValue::from_static("accept-language, cookie"));
        // Origins were parsed when the session was made, so this is a header's value.
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            headers.insert(CONTENT_SECURITY_POLICY, policy);
        }
        response
    }

    /// The page that says why there is none.
    pub(super) fn trouble(&self, why: Trouble<'_>) -> Response {
        let status = match why {
            Trouble::LinkExpired | Trouble::LinkUsed | Trouble::LinkRevoked => StatusCode::GONE,
            Trouble::NoSession | Trouble::OtherBrowser | Trouble::NoCookie { .. } => StatusCode::UNAUTHORIZED,
            Trouble::WrongOrigin => StatusCode::FORBIDDEN,
            Trouble::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Trouble::NotFound => StatusCode::NOT_FOUND,
            Trouble::StaleForm { .. } => StatusCode::CONFLICT,
            Trouble::HubError { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        };
        self.page(status, trouble(&self.frame(), why))
    }

    /// For `map_err`: the page for an error. `back` is where a person goes who has to begin again.
    pub(super) fn failed<'c, E: Into<ApiError>>(
        &'c self,
        back: &'c str,
    ) -> impl Fn(E) -> Response + use<'c, E> {
        move |error| self.error_page(&error.into(), back)
    }

    /// The page for an error of the API.
    pub(super) fn error_page(&self, error: &ApiError, back: &str) -> Response {
        if *error.code == TOO_MANY_REQUESTS {
            let seconds = error.retry_after.unwrap_or(60);
            let minutes = u32::try_from(seconds.div_ceil(60)).unwrap_or(60);
            let mut response = self.trouble(Trouble::TooMany { minutes });
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
            return response;
        }
        match error.status.as_u16() {
            404 => self.trouble(Trouble::NotFound),
            409 | 410 => self.trouble(Trouble::StaleForm { back }),
            _ => self.trouble(Trouble::HubError { request: &request_id::current().unwrap_or_default() }),
        }
    }
}

impl SessionContext {
    /// Where the session's pages begin.
    pub(super) fn base(&self) -> String {
        format!("/session/{}", self.session.seq)
    }

    /// What is around a page.
    pub(super) fn frame(&self) -> Frame<'_> {
        self.page.frame()
    }

    /// A page.
    pub(super) fn page(&self, html: String) -> Response {
        self.page.page(StatusCode::OK, html)
    }

    /// A page that shows what is wrong with a form.
    pub(super) fn page_again(&self, html: String) -> Response {
        self.page.page(StatusCode::UNPROCESSABLE_ENTITY, html)
    }

    /// The page that says why there is none.
    pub(super) fn trouble(&self, why: Trouble<'_>) -> Response {
        self.page.trouble(why)
    }

    /// For `map_err`: the page for an error. `back` is where a person goes who has to begin again.
    pub(super) fn failed<'c, E: Into<ApiError>>(
        &'c self,
        back: &'c str,
    ) -> impl Fn(E) -> Response + use<'c, E> {
        self.page.failed(back)
    }

    /// What a form holds, if it came from a page of this session.
    pub(super) fn posted(&self, headers: &HeaderMap, body: &Bytes) -> Option<Posted> {
        self.page.posted(headers, body)
    }

    /// Whether what a page sends came from a page of this session.
    pub(super) fn is_own(&self, headers: &HeaderMap, token: &str) -> bool {
        self.page.is_own(headers, token)
    }
}

/// The browser goes on to another page of ours.
pub(super) fn go(to: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let to = HeaderValue::from_str(to).unwrap_or_else(|_| HeaderValue::from_static("/"));
    response.headers_mut().insert(LOCATION, to);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The page in a frame for which the browser keeps no cookie: it leads to a window of its own.
async fn without_cookie(page: PageContext, client: &Client, seq: i64, frame: &str) -> Response {
    let app = Arc::clone(&page.app);
    match app.vault.session_by_frame(seq, &Digest::of(frame)).await {
        Ok(Some((session, showing))) => {
            let action = format!("/session/{seq}/window");
            page.of(&session, showing).trouble(Trouble::NoCookie { action: &action, frame })
        }
        Ok(None) => {
            app.limiter.guessed_wrong(client).await;
            page.trouble(Trouble::NoSession)
        }
        Err(error) => page.failed("/")(error),
    }
}

/// The name of a session's cookie: several sessions may be open in one browser.
pub(super) fn cookie_name(session: i64) -> String {
    format!("waystone_session_{session}")
}

/// The token of the forms of a browser: made of its secret, so that only our pages know it.
fn csrf(secret: &str) -> String {
    let digest = Sha256::new().chain_update("waystone form 1\0").chain_update(secret).finalize();
    hex(&digest[..16])
}

impl FromRequestParts<Arc<App>> for SessionContext {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let page = PageContext::new(app, &parts.headers);
        let client = Client::from_request_parts(parts, app).await.map_err(page.failed("/"))?;
        app.limiter.may_guess(&client).await.map_err(page.failed("/"))?;
        // The second segment; what is no number is no session.
        let seq = parts.uri.path().split('/').nth(2).and_then(|text| text.parse::<i64>().ok());
        let Some(seq) = seq else { return Err(page.trouble(Trouble::NotFound)) };
        let query = parts.uri.query().unwrap_or_default();
        let frame = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == FRAME);
        let Some(secret) = cookie::read(&parts.headers, &cookie_name(seq)) else {
            let Some((_, frame)) = frame else { return Err(page.trouble(Trouble::NoSession)) };
            return Err(without_cookie(page, &client, seq, &frame).await);
        };
        let browser = Digest::of(secret.expose());
        let found = app.vault.session_by_browser(seq, &browser).await.map_err(page.failed("/"))?;
        if let Some((_, frame)) = frame {
            if found.is_none() {
                return Err(without_cookie(page, &client, seq, &frame).await);
            }
            // The cookie is kept, so nothing of the kind is needed any more, in the address or at all.
            app.vault.delete_frame_token(seq, &browser).await.map_err(page.failed("/"))?;
            return Err(go(parts.uri.path()));
        }
        let Some((session, showing)) = found else {
            app.limiter.guessed_wrong(&client).await;
            return Err(page.trouble(Trouble::NoSession));
        };
        let page = page.with_browser(secret.expose()).of(&session, showing);
        if session.revoked_at.is_some() {
            return Err(page.trouble(Trouble::LinkRevoked));
        }
        if !session.may_continue(Timestamp::now()) {
            return Err(page.trouble(Trouble::LinkExpired));
        }
        Ok(Self { app: Arc::clone(app), session, client, page })
    }
}
