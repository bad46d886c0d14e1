//! The handlers for the linking pages, from opening a session's link to showing the linked account.
//!
//! | path | handler |
//! |---|---|
//! | `/link/{token}` | opens the link: sets the browser's secret and redirects to a URL without the token |
//! | `/session/{n}` | lets the person choose a provider and a method |
//! | `/session/{n}/window` | continues in a separate window if the browser blocks the frame's cookie |
//! | `/session/{n}/{connector}` | shows the form next to the guide |
//! | `…/checking`, `…/progress` | show the checks as they run |
//! | `…/confirm`, `…/done` | confirm and show the account |
//! | `…/preview` | normalizes values as the person types |
//! | `…/handoff`, `…/handoff/{id}` | hand a step off to another person, and show the link |
//! | `/help/{token}` | shows the handed-off step to the other person |
//! | `/connect/oauth2/…` | send the browser to the provider's sign-in page from a separate window, and handle its return |
//!
//! A handler that cannot show its page returns a `Failure`. A single layer renders the page for every `Failure`
//! (`browse/context.rs`).
//!
//! **Invariant:** only the browser that opened the session's link can see the session's pages, and only forms from
//! these pages are accepted. A secret's value is never sent to a browser.

mod assets;
mod away;
mod check;
mod choose;
mod context;
mod cookie;
mod enter;
mod failure;
mod fill;
mod finish;
mod handoff;
mod link_token;
mod policy;
mod posted;
mod requester;
mod sign_in;
mod signed_in;
mod work;

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts as _, OptionalFromRequestParts, Request};
use axum::http::header::ACCEPT;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};

use self::context::PageContext;
use crate::app::App;
use crate::pages::Trouble;

/// A request for a page that a person opens in a browser.
pub(crate) struct Navigation(PageContext);

impl Navigation {
    /// Responds with the page for an address that does not exist.
    pub(crate) fn not_found(&self) -> Response {
        self.0.trouble(&Trouble::NotFound)
    }
}

impl OptionalFromRequestParts<Arc<App>> for Navigation {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Option<Self>, Infallible> {
        let accepts = parts.headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if ![Method::GET, Method::HEAD].contains(&parts.method) || !accepts.contains("text/html") {
            return Ok(None);
        }
        Ok(PageContext::from_request_parts(parts, app).await.ok().map(Self))
    }
}

/// Responds to a `HEAD` request without running the handler for `GET`, which changes something: it enters a session or
/// finishes a sign-in. Link scanners send such requests, but no browser does.
async fn without_head(request: Request, next: Next) -> Response {
    if request.method() == Method::HEAD {
        return StatusCode::NO_CONTENT.into_response();
    }
    next.run(request).await
}

/// Returns the routes of the linking pages.
pub(crate) fn routes(app: &Arc<App>) -> Router<Arc<App>> {
    let with_changes = Router::new()
        .route("/link/{token}", get(enter::enter).post(enter::enter))
        // Mail programs and chat apps can append a slash to a link.
        .route("/link/{token}/", get(enter::enter).post(enter::enter))
        .route("/help/{link}", get(handoff::show).post(handoff::accept))
        .route("/help/{link}/", get(handoff::show).post(handoff::accept))
        .route("/connect/oauth2/{provider}/callback", get(signed_in::callback))
        .route_layer(from_fn(without_head));
    Router::new()
        .route("/session/{session}", get(choose::providers))
        .route("/session/{session}/window", post(enter::window))
        .route("/session/{session}/{connector}", get(fill::show).post(fill::submit))
        .route("/session/{session}/{connector}/preview", post(fill::preview))
        .route("/session/{session}/{connector}/checking", get(check::show))
        .route("/session/{session}/{connector}/progress", get(check::progress))
        .route("/session/{session}/{connector}/confirm", get(finish::show).post(finish::confirm))
        .route("/session/{session}/{connector}/done", get(finish::done))
        .route("/session/{session}/{connector}/handoff", post(handoff::create))
        .route("/session/{session}/{connector}/handoff/{handoff}", get(handoff::created))
        .route("/connect/oauth2/{connector}", get(sign_in::ask).post(sign_in::start))
        .route("/connect/oauth2/leave", post(sign_in::leave))
        .merge(with_changes)
        .route_layer(from_fn_with_state(Arc::clone(app), context::render_failures))
        .route("/assets/{name}", get(assets::read))
}
