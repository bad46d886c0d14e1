//! Requests to a provider through an account: either passed on unchanged, or described in the body in the form that
//! StackOne's SDK uses.

use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use guide::Verb;
use probe::ProxyPath;
use secret::{Secret, SecretBytes};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use vault::Scope;

use crate::access::AppState;
use crate::caller::{Caller, Wanted};
use crate::wire::Json;
use crate::wire::error::{ApiError, ErrorBody, INVALID_VALUE, METHOD_NOT_ALLOWED, NOT_FOUND};
use crate::wire::sdk::Shapes;

/// Sends a request to the provider through an account.
///
/// The path after `/proxy` is appended to the base URL of the provider's API; the method, query, headers and body are
/// passed on. The Hub adds authentication. The response is the provider's response with the additional header
/// `x-waystone-answered-by: provider`.
#[utoipa::path(
    get, path = "/accounts/{id}/proxy/{path}", operation_id = "send_request", tag = "accounts",
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
    parts: Parts,
    body: Bytes,
) -> Result<Response, ApiError> {
    let (id, path) = id_and_path(parts.uri.path()).ok_or_else(|| ApiError::of(&NOT_FOUND))?;
    let wanted = Wanted { access: &app.access, caller: &caller, id };
    // Before the request is parsed, because its mistakes concern only callers that may send it.
    wanted.find().await?;
    let text = |value: &HeaderValue| value.to_str().ok().map(str::to_owned);
    let headers = parts.headers.iter();
    let content_type = parts.headers.get(CONTENT_TYPE).and_then(text);
    let request = probe::ProxyRequest {
        verb: verb(parts.method.as_str())?,
        path: proxy_path(path)?,
        query: pairs(parts.uri.query().unwrap_or_default()),
        headers: headers.filter_map(|(name, value)| Some((name.to_string(), text(value)?))).collect(),
        body: (!body.is_empty()).then(|| probe::Body {
            content_type: content_type.unwrap_or_else(|| "application/octet-stream".to_owned()),
            bytes: SecretBytes::new(body),
        }),
    };
    let answer = app.proxy.send(wanted, request).await?;
    answer.relayed()
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
    /// The headers to send, by name. Values must be strings; a header that is null is not sent.
    headers: Option<Map<String, Value>>,
    /// The body. A string is sent as is; any other value is sent as JSON, exactly as written here.
    #[schema(value_type = Option<Value>)]
    body: Option<Box<RawValue>>,
}

/// Sends a request to the provider through the account in `x-account-id`, in the form that StackOne's SDK uses.
///
/// The response is the provider's response, as from `/accounts/{id}/proxy/{path}`, except that the length in the response
/// to `HEAD` is in the header `x-provider-content-length`. StackOne's SDKs from 2025-11 or later,
/// such as version 4.32 of the TypeScript SDK, are recognized by their `User-Agent` and get StackOne's envelope instead:
/// `{"status": 200, "headers": {…}, "data": …}`, where `data` is the JSON of the response, or a string if the response is
/// not JSON. If the provider responds with an error, they get its status, and its response in `provider_errors`.
#[utoipa::path(
    post, path = "/unified/proxy", operation_id = "send_unified_request", tag = "accounts",
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
    let shapes = Shapes::expected_by(&headers);
    let id = headers.get("x-account-id").and_then(|value| value.to_str().ok());
    let message = "Send the account's id in the header `x-account-id`";
    let id = id.ok_or_else(|| ApiError::new(&INVALID_VALUE, message))?;
    let wanted = Wanted { access: &app.access, caller: &caller, id };
    wanted.find().await?;
    if body.url.is_some_and(|url| !url.is_empty()) {
        let message =
            "`url` is not supported, because requests always go to the account's own host; use `path`";
        return Err(ApiError::new(&INVALID_VALUE, message));
    }
    let path = body.path.unwrap_or_default();
    let (path, query) = path.split_once('?').unwrap_or((&path, ""));
    let headers = body.headers.iter().flatten().filter(|(_, value)| !value.is_null());
    let headers: Vec<(String, String)> =
        headers.map(|(name, value)| header(name, value)).collect::<Result<_, _>>()?;
    let content_type =
        headers.iter().find(|(name, _)| name == "content-type").map(|(_, value)| value.clone());
    let content = body.body.map(|body| match serde_json::from_str::<String>(body.get()) {
        Ok(text) => ("text/plain", text),
        Err(_) => ("application/json", body.get().to_owned()),
    });
    let request = probe::ProxyRequest {
        verb: verb(body.method.as_deref().unwrap_or("get"))?,
        path: if path.starts_with('/') { proxy_path(path)? } else { proxy_path(&format!("/{path}"))? },
        query: pairs(query),
        headers,
        body: content.map(|(default_type, text)| probe::Body {
            content_type: content_type.unwrap_or_else(|| default_type.to_owned()),
            bytes: SecretBytes::from(&Secret::new(text)),
        }),
    };
    let answer = app.proxy.send(wanted, request).await?.described();
    if shapes.enveloped { answer.enveloped().await } else { answer.relayed() }
}

fn verb(name: &str) -> Result<Verb, ApiError> {
    let found = name.to_ascii_uppercase().parse();
    found.map_err(|_| ApiError::new(&METHOD_NOT_ALLOWED, "Requests to a provider cannot use this method"))
}

/// Parses a query into name-value pairs.
fn pairs(query: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// Splits the path of a request below `/accounts/{id}/proxy` into the account's id and the path at the provider, without
/// decoding either: the router's parameters are decoded, so in them an encoded slash looks like a separator.
fn id_and_path(path: &str) -> Option<(&str, &str)> {
    let (id, rest) = path.strip_prefix("/accounts/")?.split_once('/')?;
    Some((id, rest.strip_prefix("proxy")?))
}

/// Parses the path at the provider.
fn proxy_path(path: &str) -> Result<ProxyPath, ApiError> {
    path.parse().map_err(|error| ApiError::new(&INVALID_VALUE, format!("The path is not valid: {error}")))
}

/// Parses a header that the body describes. Returns its name in lowercase, and its value.
fn header(name: &str, value: &Value) -> Result<(String, String), ApiError> {
    let invalid = |why: &str| ApiError::new(&INVALID_VALUE, format!("`headers` is not valid: {why}"));
    let name = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| invalid("a name contains a character that header names cannot contain"))?;
    let value = value.as_str().ok_or_else(|| invalid("a value is not a string"))?;
    HeaderValue::from_bytes(value.as_bytes()).map_err(|_| invalid("a value contains a control character"))?;
    Ok((name.as_str().to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_path_at_the_provider_is_not_decoded() {
        for (path, expected) in [
            ("/accounts/acc_1/proxy/x", Some(("acc_1", "/x"))),
            ("/accounts/acc_1/proxy/projects/group%2Fname", Some(("acc_1", "/projects/group%2Fname"))),
            ("/accounts/acc_1/proxy/%ff/proxy/x", Some(("acc_1", "/%ff/proxy/x"))),
            ("/accounts/acc_1/proxy//x", Some(("acc_1", "//x"))),
            ("/accounts/acc_1%2Fproxy/x", None),
            ("/accounts/acc_1", None),
        ] {
            assert_eq!(id_and_path(path), expected);
        }
    }

    #[test]
    fn invalid_headers_are_the_callers_mistake() {
        assert_eq!(header("X-A", &json!("ä b")), Ok(("x-a".to_owned(), "ä b".to_owned())));
        for (name, value) in [
            ("", json!("a")),
            ("a b", json!("a")),
            ("a:b", json!("a")),
            ("x-a", json!("a\r\nb: c")),
            ("x-a", json!(1)),
        ] {
            assert_eq!(
                header(name, &value).map_err(|error| error.code),
                Err(&INVALID_VALUE),
                "{name}: {value}"
            );
        }
    }
}
