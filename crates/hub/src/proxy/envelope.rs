//! Wraps a provider's response in the envelope that newer versions of StackOne's SDK expect.
//!
//! **Invariant:** the Hub's response has the status 200, or the provider's status if that is an error. The JSON that a
//! provider sends is copied, not parsed and written again, so large numbers keep their digits.

use std::borrow::Cow;

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};

use crate::wire::stamp;

/// A provider's response after masking.
pub(super) struct Provided<'a> {
    /// The provider's name, for messages.
    pub(super) provider: &'a str,
    pub(super) status: StatusCode,
    /// The headers to return.
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a [u8],
}

/// Returns the response to the SDK.
pub(super) fn envelope(provided: &Provided<'_>) -> Response {
    let status = provided.status;
    let is_error = status.is_client_error() || status.is_server_error();
    let body = if is_error { error(provided).to_string() } else { success(provided) };
    let sent = if is_error { status } else { StatusCode::OK };
    let content_type = HeaderValue::from_static("application/json; charset=utf-8");
    let mut response = (sent, [(CONTENT_TYPE, content_type)], body).into_response();
    // The SDK waits this long before it repeats a request.
    if let Some(seconds) = provided.headers.get(RETRY_AFTER) {
        response.headers_mut().insert(RETRY_AFTER, seconds.clone());
    }
    response
}

/// Returns the envelope for a response without an error. `data` is null if the body is empty, and a string if the body
/// is not JSON.
fn success(provided: &Provided<'_>) -> String {
    let data = match json_text(provided) {
        Some(text) => Cow::Borrowed(text),
        None if provided.body.is_empty() => Cow::Borrowed("null"),
        None => Cow::Owned(Value::from(text(provided.body)).to_string()),
    };
    let headers = Value::Object(headers(provided.headers));
    format!(r#"{{"status":{},"headers":{headers},"data":{data}}}"#, provided.status.as_u16())
}

/// Returns the error body that the SDK expects. `raw` is an object, because the SDK rejects anything else.
fn error(provided: &Provided<'_>) -> Value {
    let parsed = json_text(provided).and_then(|text| serde_json::from_str(text).ok());
    let raw = match parsed {
        Some(Value::Object(object)) => object,
        Some(other) => Map::from_iter([("body".to_owned(), other)]),
        None => Map::from_iter([("body".to_owned(), text(provided.body).into())]),
    };
    let status = provided.status.as_u16();
    json!({
        "statusCode": status,
        "message": format!("{} responded with status {status}", provided.provider),
        "timestamp": stamp(Timestamp::now()),
        "provider_errors": [{ "status": status, "raw": raw, "headers": headers(provided.headers) }],
    })
}

/// Returns the body if it is JSON. A body with another content type counts as JSON if it is an object or an array,
/// because many providers do not set the content type.
fn json_text<'a>(provided: &Provided<'a>) -> Option<&'a str> {
    let text = text_of(provided.body)?;
    let content_type = provided.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_json = content_type.is_some_and(|it| it.contains("json")) || text.starts_with(['{', '[']);
    (is_json && serde_json::from_str::<IgnoredAny>(text).is_ok()).then_some(text)
}

/// Returns a body as text, with characters that cannot be decoded replaced.
fn text(body: &[u8]) -> Cow<'_, str> {
    text_of(body).map_or_else(|| String::from_utf8_lossy(body), Cow::Borrowed)
}

/// Returns a UTF-8 body without its byte order mark and surrounding spaces.
fn text_of(body: &[u8]) -> Option<&str> {
    std::str::from_utf8(body).ok().map(|text| text.trim_start_matches('\u{feff}').trim())
}

/// Returns the headers by name. The values of a repeated header are joined by commas.
fn headers(headers: &HeaderMap) -> Map<String, Value> {
    let joined = |name| {
        let values = headers.get_all(name).iter();
        values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect::<Vec<_>>().join(", ")
    };
    headers.keys().map(|name| (name.to_string(), joined(name).into())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provided<'a>(headers: &'a HeaderMap, body: &'a str) -> Provided<'a> {
        Provided { provider: "Acme", status: StatusCode::OK, headers, body: body.as_bytes() }
    }

    fn data(content_type: &'static str, body: &str) -> String {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(content_type))]);
        let text = success(&provided(&headers, body));
        serde_json::from_str::<Value>(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let start = format!(r#"{{"status":200,"headers":{{"content-type":"{content_type}"}},"data":"#);
        text.strip_prefix(&start)
            .and_then(|rest| rest.strip_suffix('}'))
            .unwrap_or_else(|| panic!("{text}"))
            .to_owned()
    }

    #[test]
    fn json_is_copied_and_anything_else_is_a_string() {
        assert_eq!(
            data("application/json", "[{\"id\":123456789012345678901.10}]"),
            "[{\"id\":123456789012345678901.10}]"
        );
        assert_eq!(data("application/json", "\u{feff} 7 "), "7");
        assert_eq!(data("application/json", ""), "null");
        assert_eq!(data("application/json", "{\"cut\":"), r#""{\"cut\":""#);
        assert_eq!(data("text/html", "{\"a\":1}"), "{\"a\":1}");
        assert_eq!(data("text/plain", "7"), r#""7""#);
        assert_eq!(data("text/csv", "a,\"b\"\n"), r#""a,\"b\"""#);
    }

    #[test]
    fn an_error_has_the_fields_that_the_sdk_requires() {
        let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static("7"))]);
        for (body, raw) in [
            (r#"{"why":"x"}"#, json!({ "why": "x" })),
            ("[1]", json!({ "body": [1] })),
            ("nope", json!({ "body": "nope" })),
            ("", json!({ "body": "" })),
        ] {
            let body = error(&Provided { status: StatusCode::TOO_MANY_REQUESTS, ..provided(&headers, body) });
            assert_eq!(body["statusCode"], 429);
            assert_eq!(body["message"], "Acme responded with status 429");
            assert!(body["timestamp"].as_str().unwrap().parse::<Timestamp>().is_ok());
            let expected = json!([{ "status": 429, "raw": raw, "headers": { "retry-after": "7" } }]);
            assert_eq!(body["provider_errors"], expected);
        }
    }
}
