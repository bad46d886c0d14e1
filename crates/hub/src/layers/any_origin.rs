//! CORS: pages from any origin may call the widget's endpoints.
//!
//! **Invariant:** the CORS headers are sent only for paths below `/hub/`. There, a token in a header authenticates each
//! request, and cookies are ignored, so a page without a token gets no data, whatever its origin. Error responses have
//! the CORS headers too; otherwise, browsers would hide these responses from the page.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
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

/// Whether pages from any origin may send a request.
pub(super) fn is_for_widget(request: &Request) -> bool {
    request.uri().path().starts_with("/hub/")
}

/// Returns the response if a request only asks whether it may be sent.
pub(super) fn preflight(request: &Request) -> Option<Response> {
    (request.method() == Method::OPTIONS).then(|| StatusCode::NO_CONTENT.into_response())
}

/// Adds the CORS headers to a response.
pub(super) fn add(headers: &mut HeaderMap) {
    for (name, value) in HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
}
