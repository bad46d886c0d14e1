//! Extractors for bodies, queries and path segments. They reject invalid input with the API's error body.
//!
//! **Invariant:** an error message names the location of the problem and the expected input, but never repeats a value,
//! which may be a secret.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use utoipa::PartialSchema;
use utoipa::openapi::{RefOr, Schema};

use super::error::{
    ApiError, BAD_REQUEST, BODY_TOO_LARGE, INVALID_VALUE, NOT_FOUND, UNREADABLE_BODY, UNSUPPORTED_MEDIA_TYPE,
};

/// Extracts a JSON object from the body.
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
        // serde would also accept an array with the members' values in order, but no client sends one on purpose.
        if bytes.trim_ascii_start().starts_with(b"[") {
            let message = "The body must be an object, but is an array";
            return Err(ApiError::new(&UNREADABLE_BODY, message));
        }
        let body = parsed(&bytes).map_err(|message| ApiError::new(&UNREADABLE_BODY, message))?;
        if escapes_nul(&bytes) {
            return Err(ApiError::new(&INVALID_VALUE, "The body contains a NUL character (`\\u0000`)"));
        }
        Ok(Self(body))
    }
}

/// Extracts the parameters of the query string.
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        refuse_nul(parts.uri.query().unwrap_or_default())?;
        let query = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        query.map(|axum::extract::Query(value)| Self(value)).map_err(|rejection| {
            let text = rejection.body_text();
            let reason = text.rsplit_once("query string: ").map_or(&*text, |(_, reason)| reason);
            ApiError::new(&INVALID_VALUE, format!("The query is not valid: {}", unquoted(reason)))
        })
    }
}

/// Extracts the variable segments of the path. An invalid segment results in `not_found`.
pub(crate) struct Path<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        if has_control(parts.uri.path()) {
            return Err(ApiError::of(&NOT_FOUND));
        }
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(value)| Self(value)).map_err(|_| ApiError::of(&NOT_FOUND))
    }
}

/// Parses a query whose parameters may be repeated. Removes a trailing `[]` from each name.
pub(crate) fn parameters(query: Option<&str>) -> Result<Vec<(String, String)>, ApiError> {
    let query = query.unwrap_or_default();
    refuse_nul(query)?;
    let pairs = url::form_urlencoded::parse(query.as_bytes()).into_owned();
    Ok(pairs.map(|(name, value)| (name.strip_suffix("[]").unwrap_or(&name).to_owned(), value)).collect())
}

/// Parses a query parameter that must be a number from 1 to `most`.
pub(crate) fn number(name: &str, text: &str, most: u32) -> Result<u32, ApiError> {
    let number = text.parse().ok().filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| ApiError::new(&INVALID_VALUE, format!("`{name}` must be a number from 1 to {most}")))
}

/// Rejects the members of a body of type `T` that the Hub does not know, so that no change is accepted without effect.
/// Null, `false` and empty objects, which some SDKs send, change nothing. Bodies that StackOne defines can have members
/// that are newer than the Hub, so their unknown members are ignored.
pub(crate) fn refuse_unknown<T: PartialSchema>(members: &Map<String, Value>) -> Result<(), ApiError> {
    let is_empty = |value: &Value| match value {
        Value::Null | Value::Bool(false) => true,
        Value::Object(members) => members.is_empty(),
        _ => false,
    };
    let Some((name, _)) = members.iter().find(|(_, value)| !is_empty(value)) else { return Ok(()) };
    let is_plain = |ch: char| ch.is_ascii_alphanumeric() || ch == '_' || ch == '-';
    let name = if name.len() <= 64 && name.chars().all(is_plain) { name } else { "…" };
    let known = members_of(&T::schema());
    let meant = guide::nearest(name, known.iter().map(String::as_str));
    let meant = meant.map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default();
    Err(ApiError::new(&INVALID_VALUE, format!("`{name}` cannot be set, or does not exist{meant}")))
}

/// Returns the names of the members of an object with this schema.
fn members_of(schema: &RefOr<Schema>) -> Vec<String> {
    match schema {
        RefOr::T(Schema::Object(object)) => object.properties.keys().cloned().collect(),
        // A body with a flattened member.
        RefOr::T(Schema::AllOf(all)) => all.items.iter().flat_map(members_of).collect(),
        _ => Vec::new(),
    }
}

/// Rejects a query with an escaped NUL character, because some databases cannot store NUL.
fn refuse_nul(query: &str) -> Result<(), ApiError> {
    if query.contains("%00") {
        return Err(ApiError::new(&INVALID_VALUE, "The query contains a NUL character (`%00`)"));
    }
    Ok(())
}

/// Whether a JSON body contains an escaped NUL character. JSON allows NUL only in escaped form, and every backslash
/// escapes the character after it.
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

/// Whether a path contains an escaped control character. Valid ids never contain control characters.
fn has_control(path: &str) -> bool {
    let is_control = |code: &[u8]| {
        code[0] == b'%' && (matches!(code[1], b'0' | b'1') || code[1..].eq_ignore_ascii_case(b"7f"))
    };
    path.as_bytes().windows(3).any(is_control)
}

/// Whether a content type is `application/json` or `application/…+json`, with or without parameters.
fn is_json(kind: &str) -> bool {
    let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// Parses a JSON body. The error message names the member that is invalid and the expected type.
fn parsed<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    let not_json = |error: &serde_json::Error| {
        format!("The body is not valid JSON (line {}, column {})", error.line(), error.column())
    };
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let body = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let (path, inner) = (error.path().to_string(), error.inner());
        match inner.classify() {
            serde_json::error::Category::Data => mismatch(&path, &inner.to_string()),
            _ => not_json(inner),
        }
    })?;
    deserializer.end().map_err(|error| not_json(&error))?;
    Ok(body)
}

/// Converts a deserializer's error to a message in JSON's terms. `path` is the path to the invalid member.
fn mismatch(path: &str, reason: &str) -> String {
    // A client can choose a member's name, which can have any length and contain any character.
    let is_plain = |ch: char| ch.is_ascii_alphanumeric() || "_-.[]".contains(ch);
    let member = match path {
        "." => "The body".to_owned(),
        path if path.len() <= 100 && path.chars().all(is_plain) => format!("`{path}`"),
        _ => "A member of the body".to_owned(),
    };
    let reason = reason.rsplit_once(" at line ").map_or(reason, |(reason, _)| reason);
    let expected = reason.strip_prefix("invalid ").and_then(|rest| rest.rsplit_once(", expected "));
    if let Some((_, expected)) = expected {
        return format!("{member} must be {}", json_type(expected));
    }
    match reason.strip_prefix("missing field ") {
        Some(missing) if path == "." => format!("{missing} is missing"),
        Some(missing) => format!("{member} must contain {missing}"),
        None => format!("{member} does not match the schema: {}", unquoted(reason)),
    }
}

/// Returns JSON's term for a type, given the deserializer's.
fn json_type(expected: &str) -> &str {
    match expected {
        "f32" | "f64" => "a number",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number that is not negative",
        "a map" => "an object",
        "a sequence" => "an array",
        other if other.starts_with("struct ") => "an object",
        other => other,
    }
}

/// Removes the values that a deserializer's error message quotes. Member names are kept, because they come from our
/// schema.
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
    fn json_is_recognized_by_its_content_type() {
        assert!(is_json("application/json"));
        assert!(is_json("Application/JSON; charset=utf-8"));
        assert!(is_json("application/merge-patch+json"));
        assert!(!is_json("text/plain"));
        assert!(!is_json("application/jsonp"));
    }

    #[test]
    fn control_characters_in_paths_are_found() {
        for path in ["/accounts/%00", "/a%0d%0ab", "/%1F", "/%7f", "/%7F"] {
            assert!(has_control(path), "{path}");
        }
        for path in ["/accounts/acc_1", "/a%20b", "/%c3%bc", "/100%", "/%", "/%2", ""] {
            assert!(!has_control(path), "{path}");
        }
    }

    #[test]
    fn an_escaped_nul_is_found_anywhere_in_a_body() {
        for body in [r#""\u0000""#, r#"{"a":["b\\\u0000"]}"#, r#"{"\u0000":1}"#, r#""\n\u0000""#] {
            assert!(serde_json::from_str::<serde_json::Value>(body).is_ok(), "{body}");
            assert!(escapes_nul(body.as_bytes()), "{body}");
        }
        for body in [r#""\\u0000""#, r#""u0000""#, r#""\u0001""#, r#""\\""#, r#"{"a":0}"#, "\\", ""] {
            assert!(!escapes_nul(body.as_bytes()), "{body}");
        }
    }

    #[test]
    fn a_mismatch_names_the_member_and_the_expected_type() {
        #[derive(Debug, serde::Deserialize)]
        #[expect(dead_code, reason = "only describes the body")]
        struct Body {
            expires_in: Option<f64>,
            name: String,
            limits: Option<std::collections::BTreeMap<String, u32>>,
            owner: Option<Owner>,
        }
        #[derive(Debug, serde::Deserialize)]
        #[expect(dead_code, reason = "only describes the body")]
        struct Owner {
            id: String,
        }
        for (body, expected) in [
            (r#"{"name":"a","expires_in":"soon, expected canary"}"#, "`expires_in` must be a number"),
            (r#"{"name":4711}"#, "`name` must be a string"),
            (r#"{"expires_in":1}"#, "`name` is missing"),
            (r#"{"name":"a","owner":{}}"#, "`owner` must contain `id`"),
            (r#"{"name":"a","limits":[]}"#, "`limits` must be an object"),
            (
                r#"{"name":"a","limits":{"b":-4711}}"#,
                "`limits.b` must be a whole number that is not negative",
            ),
            (
                r#"{"name":"a","limits":{"b c":""}}"#,
                "A member of the body must be a whole number that is not negative",
            ),
            (r#""canary""#, "The body must be an object"),
            (r#"{"name":"a"} {"#, "The body is not valid JSON (line 1, column 14)"),
            (r#"{"name":"a""#, "The body is not valid JSON (line 1, column 11)"),
        ] {
            assert_eq!(parsed::<Body>(body.as_bytes()).unwrap_err(), expected, "{body}");
        }
    }

    #[test]
    fn messages_do_not_repeat_values() {
        let error = serde_json::from_str::<u8>(r#""can\"ary""#).unwrap_err().to_string();
        assert_eq!(unquoted(&error), "invalid type: string …, expected u8 at line 1 column 10");
        let error = serde_json::from_str::<String>("4711").unwrap_err().to_string();
        assert_eq!(unquoted(&error), "invalid type: integer `…`, expected a string at line 1 column 4");
    }
}
