//! Idempotency keys: a repeated request runs once and gets the same response.
//!
//! **Invariant:** an idempotency key identifies one request with one API key. A response is replayed only for the API
//! key that got it, and only while that key has the type and the scopes with which the handler accepted the request.
//! Only successful responses are stored. Stored responses are sealed and kept for a day. A response with a
//! [`ShownOnce`] is never stored. A failed request may be retried.

use std::sync::Arc;

use axum::body::{Body, Bytes, HttpBody as _, to_bytes};
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use secret::Secret;
use serde_json::json;
use vault::{Digest, Idempotency};

use crate::app::App;
use crate::caller::Caller;
use crate::wire::error::{ApiError, BODY_TOO_LARGE, CONFLICT, INVALID_VALUE, UNPROCESSABLE};

/// The header that contains the idempotency key.
const KEY: &str = "idempotency-key";

/// The maximum size of a stored response, in bytes. A larger response is sent, but is not stored, so the request may be
/// repeated.
const MAX_STORED: usize = 1024 * 1024;

/// The status that is stored with a [`ShownOnce`] message. If the request is repeated, the response is an error with
/// this status.
const NOT_REPLAYED: StatusCode = StatusCode::CONFLICT;

/// Marks a response with a secret that must not be stored, not even sealed, such as an API key. A handler adds the mark
/// as an extension. If the request is repeated, the response is a `conflict` error with this message.
#[derive(Clone, Debug)]
pub(crate) struct ShownOnce {
    /// The message, which says how to obtain another secret.
    pub(crate) instead: String,
}

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
    let digest = digest(&caller, &parts, &body);
    let id = caller.key.id.clone();
    match app.vault.begin_idempotent(&id, key, &digest, Timestamp::now()).await? {
        Idempotency::First => {}
        Idempotency::Answered { status, body } => return Ok(replayed(status, &body)),
        Idempotency::UnderWay => {
            let message = "A request with this `Idempotency-Key` is in progress; try again in a moment";
            return Err(ApiError::new(&CONFLICT, message).retry_after(1));
        }
        Idempotency::Reused => {
            let message = "This `Idempotency-Key` was used for a different request";
            return Err(ApiError::new(&UNPROCESSABLE, message));
        }
    }
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    let (response, answer) = match stored(response).await {
        Ok((response, answer)) => (Ok(response), answer),
        Err(error) => (Err(error), None),
    };
    let answer = answer.as_ref().map(|(status, text)| (status.as_u16(), text));
    // Whatever the response is, the idempotency key is completed or released. Otherwise, repeated requests would be
    // refused until the first request counts as lost.
    app.vault.end_idempotent(&id, key, answer, Timestamp::now()).await?;
    response
}

/// Returns the response, and the status and text to store for it. `None` if there is nothing to store, so that the
/// request may be repeated.
async fn stored(response: Response) -> Result<(Response, Option<(StatusCode, Secret)>), ApiError> {
    let is_large = u64::try_from(MAX_STORED).is_ok_and(|most| most < response.body().size_hint().lower());
    if !response.status().is_success() || is_large {
        return Ok((response, None));
    }
    if let Some(ShownOnce { instead }) = response.extensions().get() {
        let answer = (NOT_REPLAYED, Secret::from(instead.as_str()));
        return Ok((response, Some(answer)));
    }
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, MAX_STORED).await.map_err(|error| ApiError::internal(&error))?;
    let text = Secret::new(String::from_utf8_lossy(&bytes).into_owned());
    let answer = (parts.status, text);
    Ok((Response::from_parts(parts, Body::from(bytes)), Some(answer)))
}

/// Returns the response to a repeated request.
fn replayed(status: u16, body: &Secret) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    if status == NOT_REPLAYED {
        return ApiError::new(&CONFLICT, body.expose()).into_response();
    }
    let headers = [("content-type", "application/json"), ("idempotent-replayed", "true")];
    (status, headers, body.expose().to_owned()).into_response()
}

/// Hashes everything that identifies a request: the API key with its type and scopes, and the method, path, query and
/// body.
fn digest(caller: &Caller, parts: &Parts, body: &Bytes) -> Digest {
    let key = &caller.key;
    let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.as_str()).collect();
    let target = parts.uri.path_and_query().map_or("", |target| target.as_str());
    let head = json!([key.id, key.kind.as_str(), scopes, parts.method.as_str(), target]);
    let mut text = format!("{head}\n").into_bytes();
    text.extend_from_slice(body);
    Digest::of_bytes(&text)
}
