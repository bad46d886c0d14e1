//! A response with its parsed body.

use serde_json::Value;

use crate::lenient;
use crate::message::{Answer, Response};

/// An [`Answer`] and its body as JSON.
pub(crate) struct ParsedAnswer<'a> {
    pub(crate) answer: &'a Answer,
    /// The body, or `None` if there is no response or its body is not JSON.
    pub(crate) json: Option<Value>,
}

impl<'a> ParsedAnswer<'a> {
    pub(crate) fn new(answer: &'a Answer) -> Self {
        let json = match answer {
            Answer::Response(response) => lenient::json(response),
            Answer::Failed { .. } => None,
        };
        Self { answer, json }
    }

    /// Whether the body starts like JSON but is not JSON, because it was cut off or damaged.
    pub(crate) fn is_damaged(&self) -> bool {
        matches!(self.answer, Answer::Response(response) if self.json.is_none() && starts_like_json(&response.body))
    }

    /// Whether the response is a web page.
    pub(crate) fn is_page(&self) -> bool {
        matches!(self.answer, Answer::Response(response) if self.json.is_none() && is_html(response))
    }
}

/// Whether a body is HTML, according to its type or its first characters.
fn is_html(response: &Response) -> bool {
    let kind = response.header("content-type").unwrap_or_default().trim().to_ascii_lowercase();
    let start = &response.body[..response.body.len().min(64)];
    let start =
        String::from_utf8_lossy(start).trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']).to_lowercase();
    kind.starts_with("text/html") || start.starts_with("<!doctype html") || start.starts_with("<html")
}

/// Whether a body starts with an object or an array. Plain text can also start with a bracket, as in `[error] …`, so the
/// next character counts too.
fn starts_like_json(body: &[u8]) -> bool {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii_start();
    let inner = |rest: &[u8]| rest.trim_ascii_start().first().copied();
    match body.split_first() {
        Some((b'{', rest)) => matches!(inner(rest), None | Some(b'"' | b'}')),
        Some((b'[', rest)) => {
            matches!(inner(rest), None | Some(b'{' | b'[' | b'"' | b']' | b'-' | b'0'..=b'9'))
        }
        _ => false,
    }
}

/// A string, number or boolean, formatted as a string. `None` for null, arrays and objects.
pub(crate) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
