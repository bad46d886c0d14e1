//! Pages of any origin may ask what the widget asks.
//!
//! **Invariant:** that is so below `/hub/` alone, where the token in a header decides and cookies count for nothing: a
//! page that has no token gets nothing, whatever its origin. Errors are answered so too, or a browser would hide them.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

/// What a browser is told.
const TOLD: [(&str, &str); 7] = [
    ("access-control-allow-origin", "*"),
    ("access-control-allow-methods", "GET, POST, PATCH, DELETE"),
    ("access-control-allow-headers", "content-type, x-hub-session-token, x-hub-version"),
    ("access-control-max-age", "600"),
    ("access-control-expose-headers", "x-request-id, retry-after"),
    // The token decides what is seen, and a shared cache knows nothing of it.
    ("cache-control", "no-store"),
    ("cross-origin-resource-policy", "cross-origin"),
];

pub(super) async fn any_origin(request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/hub/") {
        return next.run(request).await;
    }
    let asks_whether = request.method() == Method::OPTIONS;
    let mut response =
        if asks_whether { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };
    for (name, value) in TOLD {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}
