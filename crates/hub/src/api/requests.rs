//! Requests to a provider through an account: either passed on unchanged, or described in the body in the form that
//! StackOne's SDK uses.

use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use guide::Verb;
use secret::{Secret, SecretBytes};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use vault::Scope;

use crate::access::AppState;
use crate::caller::Caller;
use crate::wire::error::{ApiError, ErrorBody, INVALID_VALUE, METHOD_NOT_ALLOWED};
use crate::wire::{Json, Path};

/// Sends a request to the provider through an account.
///
/// The path after `/proxy` is appended to the base URL of the provider's API; the method, query, headers and body are
/// passed on. The Hub adds authentication. The response is the provider's response with the additional header
/// `x-waystone-answered-by: provider`.
#[utoipa::path(
    get, path = "/accounts/{id}/proxy/{path}", tag = "accounts",
    params(
        ("id" = String, Path, description = "The account's id"),
        ("path" = String, Path, description = "The path at the provider, including slashes")
    ),
    responses(
        (status = 200, description = "The provider's response, whatever its status"),
        (status = "default", body = ErrorBody, description = "The request was not sent, or failed; `code` says why")
    )
)]
#[expect(dead_code, reason = "only describes the endpoint; the handler accepts every method")]
pub(super) fn described() {}

pub(super) async fn pass(
    app: AppState,
    caller: Caller,
    Path((id, path)): Path<(String, String)>,
    parts: Parts,
    body: Bytes,
) -> Result<Response, ApiError> {
    let account = app.access.account(&caller, Scope::Requests, &id).await?;
    let text = |value: &HeaderValue| value.to_str().ok().map(str::to_owned);
    let headers = parts.headers.iter();
    let content_type = parts.headers.get(CONTENT_TYPE).and_then(text);
    let request = probe::ProxyRequest {
        verb: verb(parts.method.as_str())?,
        // The router has decoded the path, so it is encoded again for the provider.
        path: format!("/{}", encoded(&path)),
        query: pairs(parts.uri.query().unwrap_or_default()),
        headers: headers.filter_map(|(name, value)| Some((name.to_string(), text(value)?))).collect(),
        body: (!body.is_empty()).then(|| probe::Body {
            content_type: content_type.unwrap_or_else(|| "application/octet-stream".to_owned()),
            bytes: SecretBytes::new(body),
        }),
    };
    app.proxy.send(&account, request, &caller.actor).await
}

/// A request to the provider, as StackOne's SDK describes it.
#[derive(Deserialize, ToSchema)]
pub(super) struct ProxyRequest {
    /// The HTTP method. Defaults to `get`.
    method: Option<String>,
    /// The path at the provider, including the query.
    path: Option<String>,
    /// Not supported: requests always go to the account's own host. Omit this member.
    url: Option<String>,
    /// The headers to send, by name. Values must be strings.
    headers: Option<Map<String, Value>>,
    /// The body. A string is sent as is; any other value is sent as JSON.
    body: Option<Value>,
}

/// Sends a request to the provider through the account in `x-account-id`, in the form that StackOne's SDK uses.
#[utoipa::path(
    post, path = "/unified/proxy", tag = "accounts",
    params(("x-account-id" = String, Header, description = "The account's id")),
    responses(
        (status = 200, description = "The provider's response, whatever its status"),
        (status = "default", body = ErrorBody, description = "The request was not sent, or failed; `code` says why")
    )
)]
pub(super) async fn unified(
    app: AppState,
    caller: Caller,
    headers: HeaderMap,
    Json(body): Json<ProxyRequest>,
) -> Result<Response, ApiError> {
    caller.needs(Scope::Requests)?;
    let id = headers.get("x-account-id").and_then(|value| value.to_str().ok());
    let message = "Send the account's id in the header `x-account-id`";
    let id = id.ok_or_else(|| ApiError::new(&INVALID_VALUE, message))?;
    let account = app.access.account(&caller, Scope::Requests, id).await?;
    if body.url.is_some_and(|url| !url.is_empty()) {
        let message =
            "`url` is not supported, because requests always go to the account's own host; use `path`";
        return Err(ApiError::new(&INVALID_VALUE, message));
    }
    let path = body.path.unwrap_or_default();
    let (path, query) = path.split_once('?').unwrap_or((&path, ""));
    let headers = body.headers.iter().flatten();
    let headers =
        headers.filter_map(|(name, value)| Some((name.to_ascii_lowercase(), value.as_str()?.to_owned())));
    let headers: Vec<(String, String)> = headers.collect();
    let content_type =
        headers.iter().find(|(name, _)| name == "content-type").map(|(_, value)| value.clone());
    let content = match body.body {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(("text/plain", text)),
        Some(value) => Some(("application/json", value.to_string())),
    };
    let request = probe::ProxyRequest {
        verb: verb(body.method.as_deref().unwrap_or("get"))?,
        path: format!("/{}", path.trim_start_matches('/')),
        query: pairs(query),
        headers,
        body: content.map(|(default_type, text)| probe::Body {
            content_type: content_type.unwrap_or_else(|| default_type.to_owned()),
            bytes: SecretBytes::from(&Secret::new(text)),
        }),
    };
    app.proxy.send(&account, request, &caller.actor).await
}

fn verb(name: &str) -> Result<Verb, ApiError> {
    let found = name.to_ascii_uppercase().parse();
    found.map_err(|_| ApiError::new(&METHOD_NOT_ALLOWED, "Requests to a provider cannot use this method"))
}

/// Parses a query into name-value pairs.
fn pairs(query: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// Percent-encodes every byte that a URL path may not contain.
fn encoded(path: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/".contains(&byte);
    let encode = |byte| if is_plain(byte) { char::from(byte).into() } else { format!("%{byte:02X}") };
    path.bytes().map(encode).collect()
}
