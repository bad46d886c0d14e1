//! Checks whether a response matches a check's expectation or a rule.

use guide::{Capture, Check, HeaderTest, JsonPath, JsonTest, JsonType, Template, When};
use serde_json::Value;

use crate::fill::{Slot, fill};
use crate::inputs::{Filling, Inputs};
use crate::message::Answer;
use crate::parsed::{ParsedAnswer, text_of};

/// Whether a response meets the check's expectation, including every required capture.
pub(crate) fn is_expected(check: &Check, parsed: &ParsedAnswer<'_>, inputs: &Inputs<'_>) -> bool {
    let expect = &check.expect;
    let json = parsed.json.as_ref();
    let is_there =
        |capture: &Capture| json.is_some_and(|json| capture.path.find(json).and_then(text_of).is_some());
    let Answer::Response(response) = parsed.answer else { return false };
    let status = if expect.status.is_empty() {
        (200..300).contains(&response.status)
    } else {
        expect.status.contains(&response.status)
    };
    status
        && expect.is_json.is_none_or(|expected| expected == json.is_some())
        && expect.headers.iter().all(|(name, test)| header_matches(test, response.header(name)))
        && expect.json.iter().all(|(path, test)| json_matches(path, test, json, inputs))
        && check.captures.iter().filter(|capture| capture.required).all(is_there)
}

/// Whether a response meets a rule's conditions.
pub(crate) fn matches(when: &When, parsed: &ParsedAnswer<'_>, inputs: &Inputs<'_>) -> bool {
    let response = match parsed.answer {
        Answer::Failed { fault, .. } => return when.fails.contains(fault),
        Answer::Response(response) => response,
    };
    when.fails.is_empty()
        && (when.status.is_empty() || when.status.contains(&response.status))
        && !when.status_not.contains(&response.status)
        && when.is_json.is_none_or(|expected| expected == parsed.json.is_some())
        && when.headers.iter().all(|(name, test)| header_matches(test, response.header(name)))
        && when.json.iter().all(|(path, test)| json_matches(path, test, parsed.json.as_ref(), inputs))
}

fn header_matches(test: &HeaderTest, value: Option<&str>) -> bool {
    test.exists.is_none_or(|expected| expected == value.is_some())
        && test.equals.as_deref().is_none_or(|expected| value == Some(expected))
        && test
            .contains
            .as_deref()
            .is_none_or(|part| value.is_some_and(|value| value.to_lowercase().contains(&part.to_lowercase())))
}

fn json_matches(path: &JsonPath, test: &JsonTest, json: Option<&Value>, inputs: &Inputs<'_>) -> bool {
    let value = json.and_then(|json| path.find(json));
    test.exists.is_none_or(|expected| expected == value.is_some())
        && test.kind.is_none_or(|kind| value.is_some_and(|value| is_kind(value, kind)))
        && (test.one_of.is_empty() || value.is_some_and(|value| test.one_of.contains(value)))
        && test.contains.as_ref().is_none_or(|part| value.is_some_and(|value| contains_text(value, part)))
        && test.host_differs_from.as_ref().is_none_or(|host| host_differs(host, value, inputs))
}

fn contains_text(value: &Value, part: &str) -> bool {
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

/// Whether an address's host differs from the expected host. Returns `false` for a missing or non-string value.
fn host_differs(expected: &Template, value: Option<&Value>, inputs: &Inputs<'_>) -> bool {
    let Ok(expected) = fill(expected, Slot::Host, &Filling::plain(inputs)) else { return false };
    let Some(text) = value.and_then(Value::as_str) else { return false };
    let host = match url::Url::parse(text) {
        Ok(url) => url.host_str().map(str::to_owned),
        Err(_) => Some(text.to_lowercase()),
    };
    host.is_some_and(|host| host != expected.expose())
}
