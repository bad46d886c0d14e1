//! The layers that every request passes through, outermost first.
//!
//! | layer | what it does |
//! |---|---|
//! | `every` | does what every request needs; see below |
//! | compression | compresses text if the client accepts gzip |
//! | panic, time, size | catches panics, and limits a request's duration and size |
//! | `once` | runs a request only once, even if it is repeated with the same idempotency key |
//!
//! `every` is one layer, because each layer allocates. It does the following, in this order:
//!
//! | module | what it does |
//! |---|---|
//! | `connection` | records the activity on the connection, which closes if it is idle or too old |
//! | `request_id` | assigns the request an id, which the response includes |
//! | `observe` | logs the request, and records its metrics |
//! | `client` | determines the client's address, including behind a proxy |
//! | `headers` | sets security headers |
//! | `any_origin` | allows pages from any origin to call the widget's endpoints (CORS) |
//! | `envelope` | converts framework errors to the API's error body |
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
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

pub(crate) use self::envelope::Passthrough;
pub(crate) use self::headers::allow_documentation;
pub(crate) use self::once::ShownOnce;
use crate::app::App;
use crate::request_id::with_id;
use crate::wire::error::{ApiError, INTERNAL};

/// Wraps routes in the layers. The layer added last is the outermost.
pub(crate) fn around(routes: Router<Arc<App>>, app: &Arc<App>) -> Router {
    let limits = &app.settings.limits;
    routes
        .layer(from_fn_with_state(Arc::clone(app), once::once))
        .layer(DefaultBodyLimit::max(limits.body.value))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, limits.request_timeout.value))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(Arc::clone(app), every))
        .with_state(Arc::clone(app))
}

/// Does what every request needs.
async fn every(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let in_progress = connection::InProgress::begin(&mut request);
    let id = request_id::assign(&mut request);
    let observed = observe::observed(&id, request, async |request| with_headers(&app, request, next).await);
    let mut response = with_id(Some(id.clone()), observed).await;
    request_id::set(response.headers_mut(), &id);
    match in_progress {
        Some(in_progress) => in_progress.end(response),
        None => response,
    }
}

/// Runs a request whose client is known from now on, and adds the headers that every response has.
async fn with_headers(app: &App, mut request: Request, next: Next) -> Response {
    client::determine(app, &mut request);
    let is_for_widget = any_origin::is_for_widget(&request);
    let preflight = if is_for_widget { any_origin::preflight(&request) } else { None };
    let mut response = match preflight {
        Some(response) => response,
        None => envelope::wrap(next.run(request).await),
    };
    if is_for_widget {
        any_origin::add(response.headers_mut());
    }
    headers::add(app, response.headers_mut());
    response
}

/// Returns the response for a request whose handler panicked. The panic has already been logged, and its message is
/// omitted because it might contain a secret.
fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    ApiError::of(&INTERNAL).into_response()
}

#[cfg(test)]
mod tests;
