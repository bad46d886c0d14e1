//! A response with its parsed body.

use guide::Json;

use crate::lenient;
use crate::message::{Answer, Response};

/// An [`Answer`] and its body as JSON.
pub(crate) struct ParsedAnswer<'a> {
    pub(crate) answer: &'a Answer,
    /// The body, or `None` if there is no response or its body is not JSON.
    pub(crate) json: Option<Json>,
}

impl<'a> ParsedAnswer<'a> {
    pub(crate) fn new(answer: &'a Answer) -> Self {
        let json = match answer {
            Answer::Response(response) => lenient::json(response),
            Answer::Failed { .. } => None,
        };
        Self { answer, json }
    }

    /// Returns whether the body starts like JSON but is not JSON, because it was truncated or damaged.
    pub(crate) fn is_damaged(&self) -> bool {
        matches!(self.answer, Answer::Response(response) if self.json.is_none() && starts_like_json(response))
    }

    /// Returns whether the response is a web page.
    pub(crate) fn is_page(&self) -> bool {
        matches!(self.answer, Answer::Response(response) if self.json.is_none() && is_html(response))
    }
}

/// Returns whether a response is HTML, according to its type or its first characters.
fn is_html(response: &Response) -> bool {
    let kind = response.header("content-type").unwrap_or_default().trim().to_ascii_lowercase();
    let text = lenient::text(response);
    let start: String = text.trim_start().chars().take(16).collect::<String>().to_ascii_lowercase();
    kind.starts_with("text/html") || start.starts_with("<!doctype html") || start.starts_with("<html")
}

/// Returns whether a body starts with an object or an array. Plain text can also start with a bracket, as in `[error] …`,
/// so the next character counts too.
fn starts_like_json(response: &Response) -> bool {
    let text = lenient::text(response);
    let mut chars = text.chars().filter(|ch| !ch.is_ascii_whitespace());
    match (chars.next(), chars.next()) {
        (Some('{'), next) => matches!(next, None | Some('"' | '}')),
        (Some('['), next) => matches!(next, None | Some('{' | '[' | '"' | ']' | '-' | '0'..='9')),
        _ => false,
    }
}
