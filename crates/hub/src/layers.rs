//! The layers that every request passes through, outermost first.
//!
//! | layer | what it does |
//! |---|---|
//! | `connection` | records the activity on the connection, which closes if it is idle or too old |
//! | `request_id` | assigns the request an id, which the response includes |
//! | `observe` | logs the request, and records its metrics |
//! | `client` | determines the client's address, including behind a proxy |
//! | `headers` | sets security headers |
//! | `any_origin` | allows pages from any origin to call the widget's endpoints (CORS) |
//! | compression | compresses text if the client accepts gzip |
//! | `envelope` | converts framework errors to the API's error body |
//! | panic, time, size | catches panics, and limits a request's duration and size |
//! | `once` | runs a request only once, even if it is repeated with the same idempotency key |
//!
//! **Invariant:** every response, even after a panic, has an id, a log entry and the security headers.

mod any_origin;
mod client;
mod connection;
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

pub(crate) use self::envelope::Passthrough;
pub(crate) use self::headers::allow_documentation;
pub(crate) use self::once::ShownOnce;
use crate::app::App;
use crate::wire::error::{ApiError, INTERNAL};

/// Wraps routes in the layers. The layer added last is the outermost.
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
        .layer(from_fn(connection::connection))
        .with_state(Arc::clone(app))
}

/// Returns the response for a request whose handler panicked. The panic has already been logged, and its message is
/// omitted because it might contain a secret.
fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    ApiError::of(&INTERNAL).into_response()
}

#[cfg(test)]
mod tests;
