//! CORS: pages from any origin may call the widget's endpoints.
//!
//! **Invariant:** the CORS headers are sent only for paths below `/hub/`. There, a token in a header authenticates each
//! request, and cookies are ignored, so a page without a token gets no data, whatever its origin. Error responses have
//! the CORS headers too; otherwise, browsers would hide these responses from the page.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

/// The CORS headers.
const HEADERS: [(&str, &str); 7] = [
    ("access-control-allow-origin", "*"),
    ("access-control-allow-methods", "GET, POST, PATCH, DELETE"),
    ("access-control-allow-headers", "content-type, x-hub-session-token, x-hub-version"),
    ("access-control-max-age", "600"),
    ("access-control-expose-headers", "x-request-id, retry-after"),
    // A shared cache would ignore the token and could send one session's response to another session.
    ("cache-control", "no-store"),
    ("cross-origin-resource-policy", "cross-origin"),
];

pub(super) async fn any_origin(request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/hub/") {
        return next.run(request).await;
    }
    let is_preflight = request.method() == Method::OPTIONS;
    let mut response =
        if is_preflight { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };
    for (name, value) in HEADERS {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}
