//! Idempotency keys: a repeated request runs once and gets the same response.
//!
//! **Invariant:** only successful responses are stored. Stored responses are sealed and kept for a day. A failed
//! request may be retried. An idempotency key identifies one request within the API key's project.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use secret::Secret;
use vault::{Digest, Idempotency};

use crate::app::App;
use crate::caller::Caller;
use crate::wire::error::{ApiError, BODY_TOO_LARGE, CONFLICT, INVALID_VALUE, UNPROCESSABLE};

/// The header that contains the idempotency key.
const KEY: &str = "idempotency-key";

/// The maximum size of a stored response, in bytes. A larger response is replaced with an internal error.
const MAX_STORED: usize = 1024 * 1024;

pub(crate) async fn once(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let is_change = [Method::POST, Method::PATCH, Method::DELETE].contains(request.method());
    // Browser requests are skipped, because they have no API key. Proxy requests are skipped, because idempotency is up
    // to the provider.
    let path = request.uri().path();
    let is_ours = !path.starts_with("/hub/") && !path.contains("/proxy");
    let key = request.headers().get(KEY).cloned();
    match key.filter(|_| is_change && is_ours) {
        Some(key) => run_once(&app, &key, request, next).await.unwrap_or_else(ApiError::into_response),
        None => next.run(request).await,
    }
}

async fn run_once(
    app: &Arc<App>,
    key: &HeaderValue,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let is_key =
        |key: &&str| !key.is_empty() && key.len() <= 255 && key.bytes().all(|byte| byte.is_ascii_graphic());
    let key = key.to_str().ok().filter(is_key).ok_or_else(|| {
        ApiError::new(&INVALID_VALUE, "`Idempotency-Key` must be 1 to 255 visible ASCII characters")
    })?;
    let (mut parts, body) = request.into_parts();
    let caller = Caller::from_request_parts(&mut parts, app).await?;
    parts.extensions.insert(caller.clone());
    let limit = app.settings.limits.body.value;
    let body = to_bytes(body, limit).await.map_err(|_| ApiError::of(&BODY_TOO_LARGE))?;
    let digest = digest(&parts.method, parts.uri.path(), &body);
    match app.vault.begin_idempotent(caller.project(), key, &digest, Timestamp::now()).await? {
        Idempotency::First => {}
        Idempotency::Answered { status, body } => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
            let headers = [("content-type", "application/json"), ("idempotent-replayed", "true")];
            return Ok((status, headers, body.expose().to_owned()).into_response());
        }
        Idempotency::UnderWay => {
            let message = "A request with this `Idempotency-Key` is in progress; try again in a moment";
            return Err(ApiError::new(&CONFLICT, message).retry_after(1));
        }
        Idempotency::Reused => {
            let message = "This `Idempotency-Key` was used for a different request";
            return Err(ApiError::new(&UNPROCESSABLE, message));
        }
    }
    let project = caller.project().to_owned();
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    if !response.status().is_success() {
        app.vault.end_idempotent(&project, key, None, Timestamp::now()).await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, MAX_STORED).await.map_err(|error| ApiError::internal(&error))?;
    let text = Secret::new(String::from_utf8_lossy(&bytes).into_owned());
    let answer = Some((parts.status.as_u16(), &text));
    app.vault.end_idempotent(&project, key, answer, Timestamp::now()).await?;
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

/// Hashes the method, path and body, which together identify a request.
fn digest(method: &Method, path: &str, body: &Bytes) -> Digest {
    let mut text = format!("{method} {path}\n").into_bytes();
    text.extend_from_slice(body);
    Digest::of_bytes(&text)
}
