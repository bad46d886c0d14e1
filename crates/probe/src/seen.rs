//! An answer as rules see it, and whether they hold of it.

use guide::{Capture, Check, HeaderTest, JsonPath, JsonTest, JsonType, Template, When};
use serde_json::Value;

use crate::fill::{Filling, Inputs, Landing, fill};
use crate::kept::text_of;
use crate::message::{Answer, Response};

/// An answer with its body read.
pub(crate) struct Seen<'a> {
    pub(crate) answer: &'a Answer,
    pub(crate) json: Option<Value>,
}

impl<'a> Seen<'a> {
    pub(crate) fn new(answer: &'a Answer) -> Self {
        let json = match answer {
            Answer::Response(response) => serde_json::from_slice(&response.body).ok(),
            Answer::Failed { .. } => None,
        };
        Self { answer, json }
    }

    pub(crate) fn response(&self) -> Option<&'a Response> {
        match self.answer {
            Answer::Response(response) => Some(response),
            Answer::Failed { .. } => None,
        }
    }
}

pub(crate) fn as_expected(check: &Check, seen: &Seen<'_>, inputs: &Inputs<'_>) -> bool {
    let expect = &check.expect;
    let json = seen.json.as_ref();
    let is_kept =
        |capture: &Capture| json.is_some_and(|json| capture.path.find(json).and_then(text_of).is_some());
    let Some(response) = seen.response() else { return false };
    let status = if expect.status.is_empty() {
        (200..300).contains(&response.status)
    } else {
        expect.status.contains(&response.status)
    };
    status
        && expect.is_json.is_none_or(|wanted| wanted == json.is_some())
        && expect.headers.iter().all(|(name, test)| header_holds(test, response.header(name)))
        && expect.json.iter().all(|(path, test)| json_holds(path, test, json, inputs))
        && check.captures.iter().filter(|capture| capture.required).all(is_kept)
}

pub(crate) fn holds(when: &When, seen: &Seen<'_>, inputs: &Inputs<'_>) -> bool {
    let response = match seen.answer {
        Answer::Failed { fault, .. } => return when.fails.contains(fault),
        Answer::Response(response) => response,
    };
    when.fails.is_empty()
        && (when.status.is_empty() || when.status.contains(&response.status))
        && !when.status_not.contains(&response.status)
        && when.is_json.is_none_or(|wanted| wanted == seen.json.is_some())
        && when.headers.iter().all(|(name, test)| header_holds(test, response.header(name)))
        && when.json.iter().all(|(path, test)| json_holds(path, test, seen.json.as_ref(), inputs))
}

fn header_holds(test: &HeaderTest, value: Option<&str>) -> bool {
    test.exists.is_none_or(|wanted| wanted == value.is_some())
        && test.equals.as_deref().is_none_or(|wanted| value == Some(wanted))
        && test
            .contains
            .as_deref()
            .is_none_or(|part| value.is_some_and(|value| value.to_lowercase().contains(&part.to_lowercase())))
}

fn json_holds(path: &JsonPath, test: &JsonTest, json: Option<&Value>, inputs: &Inputs<'_>) -> bool {
    let value = json.and_then(|json| path.find(json));
    test.exists.is_none_or(|wanted| wanted == value.is_some())
        && test.kind.is_none_or(|kind| value.is_some_and(|value| is_kind(value, kind)))
        && (test.one_of.is_empty() || value.is_some_and(|value| test.one_of.contains(value)))
        && test.contains.as_ref().is_none_or(|part| value.is_some_and(|value| holds_text(value, part)))
        && test.host_differs_from.as_ref().is_none_or(|host| host_differs(host, value, inputs))
}

fn holds_text(value: &Value, part: &str) -> bool {
    match value {
        Value::String(text) => text.to_lowercase().contains(&part.to_lowercase()),
        Value::Array(list) => list.iter().any(|item| item.as_str() == Some(part)),
        _ => false,
    }
}

fn is_kind(value: &Value, kind: JsonType) -> bool {
    match kind {
        JsonType::String => value.is_string(),
        JsonType::Number => value.is_number(),
        JsonType::Boolean => value.is_boolean(),
        JsonType::Array => value.is_array(),
        JsonType::Object => value.is_object(),
        JsonType::Null => value.is_null(),
    }
}

/// Whether an address has another host than the one meant. Where there is no address nothing differs.
fn host_differs(wanted: &Template, value: Option<&Value>, inputs: &Inputs<'_>) -> bool {
    let Ok(wanted) = fill(wanted, Landing::Host, &Filling::plain(inputs)) else { return false };
    let Some(text) = value.and_then(Value::as_str) else { return false };
    let host = match url::Url::parse(text) {
        Ok(url) => url.host_str().map(str::to_owned),
        Err(_) => Some(text.to_lowercase()),
    };
    host.is_some_and(|host| host != wanted.expose())
}
