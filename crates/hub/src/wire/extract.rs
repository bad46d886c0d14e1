//! Bodies, queries and path segments, refused in the envelope of errors.
//!
//! **Invariant:** a refusal says where and what is wanted, and does not repeat a value: it may be a secret.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::error::{
    ApiError, BAD_REQUEST, BODY_TOO_LARGE, Code, INVALID_VALUE, NOT_FOUND, UNREADABLE_BODY,
    UNSUPPORTED_MEDIA_TYPE,
};

/// A body of JSON.
pub(crate) struct Json<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if !kind.is_some_and(is_json) {
            return Err(ApiError::of(&UNSUPPORTED_MEDIA_TYPE));
        }
        let bytes =
            Bytes::from_request(request, state).await.map_err(|rejection| match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => ApiError::of(&BODY_TOO_LARGE),
                _ => ApiError::new(&BAD_REQUEST, "The body could not be read"),
            })?;
        // What reads it would take the members of a list in their order, and nobody means that.
        if bytes.trim_ascii_start().starts_with(b"[") {
            let message = "The body has another form: it is a list, and not an object";
            return Err(ApiError::new(&UNREADABLE_BODY, message));
        }
        let body = serde_json::from_slice(&bytes).map_err(|error| {
            let message = match error.classify() {
                serde_json::error::Category::Data => {
                    format!("The body has another form: {}", unquoted(&error.to_string()))
                }
                _ => format!("The body is not JSON, from line {} column {}", error.line(), error.column()),
            };
            ApiError::new(&UNREADABLE_BODY, message)
        })?;
        if escapes_nul(&bytes) {
            return Err(ApiError::new(&INVALID_VALUE, "The body has a character that is none, `\\u0000`"));
        }
        Ok(Self(body))
    }
}

/// The query, by name.
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        if parts.uri.query().is_some_and(has_nul) {
            return Err(ApiError::new(&INVALID_VALUE, "The query has a character that is none"));
        }
        let query = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        query
            .map(|axum::extract::Query(value)| Self(value))
            .map_err(|rejection| refused(&INVALID_VALUE, "The query", &rejection.body_text()))
    }
}

/// The variable segments of the path. One that cannot be is an address at which there is nothing.
pub(crate) struct Segments<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Segments<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        if has_control(parts.uri.path()) {
            return Err(ApiError::of(&NOT_FOUND));
        }
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(value)| Self(value)).map_err(|_| ApiError::of(&NOT_FOUND))
    }
}

/// Whether a query holds the character that is none in a text: not every database takes it.
pub(crate) fn has_nul(query: &str) -> bool {
    query.contains("%00")
}

/// Whether a body of JSON holds that character, anywhere. In JSON it can only be escaped, and a backslash stands only
/// before what it escapes.
fn escapes_nul(body: &[u8]) -> bool {
    let mut rest = body;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
        rest = &rest[at + 1..];
        if rest.starts_with(b"u0000") {
            return true;
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    false
}

/// Whether a path holds a character that cannot be seen. No id has one, whatever a database makes of it.
fn has_control(path: &str) -> bool {
    let is_control = |code: &[u8]| {
        code[0] == b'%' && (matches!(code[1], b'0' | b'1') || code[1..].eq_ignore_ascii_case(b"7f"))
    };
    path.as_bytes().windows(3).any(is_control)
}

fn refused(code: &'static Code, what: &str, text: &str) -> ApiError {
    let text = text.rsplit_once("query string: ").map_or(text, |(_, rest)| rest);
    ApiError::new(code, format!("{what} has another form: {}", unquoted(text)))
}

/// `application/json`, and `application/…+json`, whatever parameters follow.
fn is_json(kind: &str) -> bool {
    let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// A message of the deserializer without the values that it quotes. Names of members it may tell: those are ours.
fn unquoted(message: &str) -> String {
    const BEFORE_A_VALUE: &[&str] =
        &["integer `", "floating point `", "boolean `", "character `", "unknown variant `"];
    let mut text = match (message.find('"'), message.rfind('"')) {
        (Some(first), Some(last)) if first < last => {
            format!("{}…{}", &message[..first], &message[last + 1..])
        }
        _ => message.to_owned(),
    };
    for before in BEFORE_A_VALUE {
        let Some(from) = text.find(before).map(|at| at + before.len()) else { continue };
        let to = text[from..].find('`').map_or(text.len(), |n| from + n);
        text.replace_range(from..to, "…");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_known_by_its_type() {
        assert!(is_json("application/json"));
        assert!(is_json("Application/JSON; charset=utf-8"));
        assert!(is_json("application/merge-patch+json"));
        assert!(!is_json("text/plain"));
        assert!(!is_json("application/jsonp"));
    }

    #[test]
    fn no_path_has_a_character_that_cannot_be_seen() {
        for path in ["/accounts/%00", "/a%0d%0ab", "/%1F", "/%7f", "/%7F"] {
            assert!(has_control(path), "{path}");
        }
        for path in ["/accounts/acc_1", "/a%20b", "/%c3%bc", "/100%", "/%", "/%2", ""] {
            assert!(!has_control(path), "{path}");
        }
    }

    #[test]
    fn a_nul_is_found_wherever_it_stands() {
        for body in [r#""\u0000""#, r#"{"a":["b\\\u0000"]}"#, r#"{"\u0000":1}"#, r#""\n\u0000""#] {
            assert!(serde_json::from_str::<serde_json::Value>(body).is_ok(), "{body}");
            assert!(escapes_nul(body.as_bytes()), "{body}");
        }
        for body in [r#""\\u0000""#, r#""u0000""#, r#""\u0001""#, r#""\\""#, r#"{"a":0}"#, "\\", ""] {
            assert!(!escapes_nul(body.as_bytes()), "{body}");
        }
    }

    #[test]
    fn values_are_not_repeated() {
        let error = serde_json::from_str::<u8>(r#""can\"ary""#).unwrap_err().to_string();
        assert_eq!(unquoted(&error), "invalid type: string …, expected u8 at line 1 column 10");
        let error = serde_json::from_str::<String>("4711").unwrap_err().to_string();
        assert_eq!(unquoted(&error), "invalid type: integer `…`, expected a string at line 1 column 4");
    }
}
