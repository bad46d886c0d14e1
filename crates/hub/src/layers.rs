//! What every request passes, outermost first.
//!
//! | layer | what it does |
//! |---|---|
//! | `request_id` | gives the request its id, which every answer carries |
//! | `observe` | the line in the log, and the numbers |
//! | `client` | who is asking, also behind a proxy |
//! | `headers` | what browsers are told not to do |
//! | `any_origin` | who else may ask what the widget asks |
//! | compression | texts, if the client takes gzip |
//! | `envelope` | errors that are not ours are told as ours are |
//! | panic, time, size | a handler that fails, is late, or is sent too much |
//! | `once` | a request that is repeated under its key is done once |
//!
//! **Invariant:** there is no answer without an id, a line in the log, and the headers; also none of a panic.

mod any_origin;
mod client;
mod envelope;
mod headers;
mod observe;
mod once;
mod request_id;

use std::any::Any;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

pub(crate) use self::envelope::Meant;
pub(crate) use self::headers::allow_inline_style;
use crate::app::App;
use crate::wire::error::{ApiError, INTERNAL};

/// Puts the layers around routes. The last that is added is the outermost.
pub(crate) fn around(routes: Router<Arc<App>>, app: &Arc<App>) -> Router {
    let limits = &app.settings.limits;
    routes
        .layer(from_fn_with_state(Arc::clone(app), once::once))
        .layer(DefaultBodyLimit::max(limits.body.value))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, limits.request_timeout.value))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(envelope::envelope))
        .layer(CompressionLayer::new())
        .layer(from_fn(any_origin::any_origin))
        .layer(from_fn_with_state(Arc::clone(app), headers::headers))
        .layer(from_fn_with_state(Arc::clone(app), client::client))
        .layer(from_fn(observe::observe))
        .layer(from_fn(request_id::request_id))
        .with_state(Arc::clone(app))
}

/// What is answered for a panic. Where it was is in the log already; what it says may hold anything.
fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    ApiError::of(&INTERNAL).into_response()
}

#[cfg(test)]
mod tests;
