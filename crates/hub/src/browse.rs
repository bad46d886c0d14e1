//! The linking pages, served: from a link to an account.
//!
//! | address | what is there |
//! |---|---|
//! | `/link/{token}` | the way in: the browser gets a secret of its own, and an address without the token |
//! | `/session/{n}` | choosing a provider and a method |
//! | `/session/{n}/window` | from a frame that keeps no cookie to a window |
//! | `/session/{n}/{connector}` | the form, beside the guide |
//! | `…/checking`, `…/progress` | checks as they happen |
//! | `…/confirm`, `…/done` | the account |
//! | `…/preview`, `…/handoff` | what would be kept; a step for somebody else |
//! | `/help/{token}` | that step |
//! | `/connect/oauth2/…` | signing in at the provider: the way there and back |
//!
//! **Invariant:** no page is shown and nothing is done but for the browser that opened the session's link, with a form
//! that came from a page of it; no value of a secret goes back to a browser.

mod assets;
mod check;
mod choose;
mod context;
mod cookie;
mod enter;
mod fill;
mod finish;
mod handoff;
mod posted;
mod sign_in;
mod work;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

/// The routes of the pages.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/link/{token}", get(enter::enter).post(enter::enter))
        .route("/session/{session}", get(choose::providers))
        .route("/session/{session}/window", post(enter::window))
        .route("/session/{session}/{connector}", get(fill::show).post(fill::submit))
        .route("/session/{session}/{connector}/preview", post(fill::preview))
        .route("/session/{session}/{connector}/checking", get(check::show))
        .route("/session/{session}/{connector}/progress", get(check::progress))
        .route("/session/{session}/{connector}/confirm", get(finish::show).post(finish::confirm))
        .route("/session/{session}/{connector}/done", get(finish::done))
        .route("/session/{session}/{connector}/back", get(sign_in::back))
        .route("/session/{session}/{connector}/handoff", post(handoff::make))
        .route("/help/{link}", get(handoff::show).post(handoff::give))
        .route("/connect/oauth2/{connector}", get(sign_in::start))
        .route("/connect/oauth2/{provider}/callback", get(sign_in::callback))
        .route("/connect/oauth2/leave/{session}/{id}", get(sign_in::leave))
        .route("/assets/{name}", get(assets::read))
}
