//! A response with its parsed body.

use serde_json::Value;

use crate::message::Answer;

/// An [`Answer`] and its body as JSON.
pub(crate) struct ParsedAnswer<'a> {
    pub(crate) answer: &'a Answer,
    /// The body, or `None` if there is no response or its body is not JSON.
    pub(crate) json: Option<Value>,
}

impl<'a> ParsedAnswer<'a> {
    pub(crate) fn new(answer: &'a Answer) -> Self {
        let json = match answer {
            Answer::Response(response) => serde_json::from_slice(&response.body).ok(),
            Answer::Failed { .. } => None,
        };
        Self { answer, json }
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
