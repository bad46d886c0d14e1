//! Requests to a provider through an account: passed on as they are, or described in the body as StackOne's SDK does.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest as _, Request, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use guide::Verb;
use secret::{Secret, SecretBytes};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use vault::Scope;

use crate::app::App;
use crate::caller::Caller;
use crate::wire::error::{ApiError, Code, ErrorBody, INVALID_VALUE, METHOD_NOT_ALLOWED};
use crate::wire::{Json, Segments};

/// Sends a request to the provider through an account.
///
/// The path after `/proxy` is appended to the base URL of the provider's API; method, query, headers and body are
/// passed on. The Hub adds the authentication. The response is the provider's; its header `x-waystone-answered-by` is
/// `provider`.
#[utoipa::path(
    get, path = "/accounts/{id}/proxy/{path}", tag = "accounts",
    params(
        ("id" = String, Path, description = "The account's id"),
        ("path" = String, Path, description = "The path at the provider, slashes included")
    ),
    responses(
        (status = 200, description = "The provider's response, whatever its status"),
        (status = "default", body = ErrorBody, description = "The request was not sent, or failed; `code` says why")
    )
)]
#[expect(dead_code, reason = "only describes the endpoint; the handler accepts every method")]
pub(super) fn described() {}

pub(super) async fn pass(
    State(app): State<Arc<App>>,
    caller: Caller,
    Segments((id, path)): Segments<(String, String)>,
    request: Request,
) -> Result<Response, ApiError> {
    caller.needs(Scope::Requests)?;
    let (parts, body) = request.into_parts();
    let body = Bytes::from_request(Request::from_parts(parts.clone(), body), &()).await;
    let body = body.map_err(|rejection| ApiError::of(Code::for_status(rejection.status())))?;
    let headers = parts.headers;
    let account = app.access.account(&caller, &id).await?;
    let pairs = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let texts = headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())));
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let wanted = probe::ProxyRequest {
        verb: verb(parts.method.as_str())?,
        // The router has decoded the path, so it is encoded again for the provider.
        path: format!("/{}", encoded(&path)),
        query: pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect(),
        headers: texts.collect(),
        body: (!body.is_empty()).then(|| probe::Body {
            content_type: kind.unwrap_or("application/octet-stream").to_owned(),
            bytes: SecretBytes::new(body.to_vec()),
        }),
    };
    app.proxy.send(&account, wanted, &caller.actor()).await
}

/// A request to the provider, as StackOne's SDK describes it.
#[derive(Deserialize, ToSchema)]
pub(super) struct ProxyRequest {
    /// The HTTP method. Defaults to `get`.
    method: Option<String>,
    /// The path at the provider, with its query.
    path: Option<String>,
    /// Not supported: requests always go to the account's own host. Leave it out.
    url: Option<String>,
    /// The headers to send, as strings by name.
    headers: Option<Map<String, Value>>,
    /// The body: a string is sent as it is, anything else as JSON.
    body: Option<Value>,
}

/// Sends a request to the provider through the account in `x-account-id`, in the form that StackOne's SDK uses.
#[utoipa::path(
    post, path = "/unified/proxy", tag = "accounts",
    params(("x-account-id" = String, Header, description = "The account's id")), request_body = ProxyRequest,
    responses(
        (status = 200, description = "The provider's response, whatever its status"),
        (status = "default", body = ErrorBody, description = "The request was not sent, or failed; `code` says why")
    )
)]
pub(super) async fn unified(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    Json(body): Json<ProxyRequest>,
) -> Result<Response, ApiError> {
    caller.needs(Scope::Requests)?;
    let id = headers.get("x-account-id").and_then(|value| value.to_str().ok());
    let id = id
        .ok_or_else(|| ApiError::new(&INVALID_VALUE, "Send the account's id in the header `x-account-id`"))?;
    let account = app.access.account(&caller, id).await?;
    if body.url.is_some_and(|url| !url.is_empty()) {
        let message =
            "`url` is not supported, because requests always go to the account's own host; use `path`";
        return Err(ApiError::new(&INVALID_VALUE, message));
    }
    let path = body.path.unwrap_or_default();
    let (path, query) = path.split_once('?').unwrap_or((&path, ""));
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    let texts = body
        .headers
        .unwrap_or_default()
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_ascii_lowercase(), value.as_str()?.to_owned())));
    let texts: Vec<(String, String)> = texts.collect();
    let kind = texts.iter().find(|(name, _)| name == "content-type").map(|(_, kind)| kind.clone());
    let content = match body.body {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some((kind.unwrap_or_else(|| "text/plain".to_owned()), text)),
        Some(value) => Some((kind.unwrap_or_else(|| "application/json".to_owned()), value.to_string())),
    };
    let wanted = probe::ProxyRequest {
        verb: verb(body.method.as_deref().unwrap_or("get"))?,
        path: format!("/{}", path.trim_start_matches('/')),
        query: pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect(),
        headers: texts,
        body: content.map(|(content_type, text)| probe::Body {
            content_type,
            bytes: SecretBytes::from(&Secret::new(text)),
        }),
    };
    app.proxy.send(&account, wanted, &caller.actor()).await
}

fn verb(name: &str) -> Result<Verb, ApiError> {
    let found = name.to_ascii_uppercase().parse();
    found.map_err(|_| ApiError::new(&METHOD_NOT_ALLOWED, "Requests to a provider cannot use this method"))
}

/// Percent-encodes every byte that a URL path may not contain.
fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
