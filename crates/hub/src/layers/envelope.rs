//! Converts framework errors (router, limits, extractors) to the API's error body.
//!
//! **Invariant:** a response with status 400 or above has the API's error body, or a body that a handler wrote: JSON, a
//! page, or a provider's response.

use axum::http::StatusCode;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use axum::response::{IntoResponse as _, Response};

use crate::wire::error::{ApiError, Code};

/// Replaces the body of an error that the framework wrote.
pub(super) fn wrap(response: Response) -> Response {
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    if !is_error || is_from_handler(&response) {
        return response;
    }
    // The framework's extractors respond with 422 if a JSON body does not match the schema; the protocol requires 400.
    let sent = if status == StatusCode::UNPROCESSABLE_ENTITY { StatusCode::BAD_REQUEST } else { status };
    let mut error = ApiError::of(Code::for_status(status));
    error.status = sent;
    let (mut parts, body) = error.into_response().into_parts();
    // Keeps the other headers, for example `Allow` in a 405 response.
    for (name, value) in response.headers() {
        if ![CONTENT_TYPE, CONTENT_LENGTH, CONTENT_ENCODING, TRANSFER_ENCODING].contains(name) {
            parts.headers.append(name.clone(), value.clone());
        }
    }
    Response::from_parts(parts, body)
}

/// Marks a provider's response, which is passed on unchanged whatever its status.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Passthrough;

/// Whether a handler wrote the response's body.
fn is_from_handler(response: &Response) -> bool {
    if response.extensions().get::<Passthrough>().is_some() {
        return true;
    }
    let kind = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    response.extensions().get::<&'static Code>().is_some()
        || ["application/json", "application/problem+json", "text/html"].iter().any(|it| kind.starts_with(it))
}
