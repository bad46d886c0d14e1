//! Checks whether a response matches a check's expectation or a rule.

use guide::{Check, HeaderTest, Json, JsonPath, JsonTest, JsonType, Template, When};

use crate::extract::captured;
use crate::fill::{Slot, fill};
use crate::inputs::{Filling, Inputs};
use crate::message::Answer;
use crate::parsed::ParsedAnswer;

/// Whether a response meets the check's expectation, including every required capture.
pub(crate) fn is_expected(check: &Check, parsed: &ParsedAnswer<'_>, inputs: &Inputs<'_>) -> bool {
    meets_conditions(check, parsed, inputs) && has_captures(check, parsed)
}

/// Returns whether a response contains every required capture.
pub(crate) fn has_captures(check: &Check, parsed: &ParsedAnswer<'_>) -> bool {
    let mut required = check.captures.iter().filter(|capture| capture.required);
    required.all(|capture| captured(capture, parsed.json.as_ref()).is_some())
}

/// Returns whether a response meets the conditions of the check's expectation.
fn meets_conditions(check: &Check, parsed: &ParsedAnswer<'_>, inputs: &Inputs<'_>) -> bool {
    let expect = &check.expect;
    let json = parsed.json.as_ref();
    let Answer::Response(response) = parsed.answer else { return false };
    expect.allows(response.status)
        && expect.is_json.is_none_or(|expected| is_json(expected, parsed))
        && expect.headers.iter().all(|(name, test)| header_matches(test, &response.header_values(name)))
        && expect.json.iter().all(|(path, test)| json_matches(path, test, json, inputs))
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
        && when.is_json.is_none_or(|expected| is_json(expected, parsed))
        && when.headers.iter().all(|(name, test)| header_matches(test, &response.header_values(name)))
        && when.json.iter().all(|(path, test)| json_matches(path, test, parsed.json.as_ref(), inputs))
}

/// Returns whether a body is JSON (`true`) or something else (`false`), as expected. Truncated JSON is neither: it is not
/// what the provider meant to send, but it is no web page or plain message either.
fn is_json(expected: bool, parsed: &ParsedAnswer<'_>) -> bool {
    if expected { parsed.json.is_some() } else { parsed.json.is_none() && !parsed.is_damaged() }
}

/// Whether a header passes a test. A header can be sent several times, which is equivalent to one header with all
/// values, separated by commas ([RFC 9110, 5.3](https://www.rfc-editor.org/rfc/rfc9110#section-5.3)). The header
/// therefore passes if one of its values does, or if the combined value does.
fn header_matches(test: &HeaderTest, values: &[&str]) -> bool {
    let holds = |value: &str| {
        test.equals.as_deref().is_none_or(|expected| value == expected)
            && test.contains.as_deref().is_none_or(|part| value.to_lowercase().contains(&part.to_lowercase()))
    };
    let tests_value = test.equals.is_some() || test.contains.is_some();
    test.exists.is_none_or(|expected| expected != values.is_empty())
        && (!tests_value
            || values.iter().any(|value| holds(value))
            || 1 < values.len() && holds(&values.join(", ")))
}

fn json_matches(path: &JsonPath, test: &JsonTest, json: Option<&Json>, inputs: &Inputs<'_>) -> bool {
    let value = json.and_then(|json| path.find(json));
    test.exists.is_none_or(|expected| expected == value.is_some())
        && test.kind.is_none_or(|kind| value.is_some_and(|value| is_kind(value, kind)))
        && (test.one_of.is_empty() || value.is_some_and(|value| test.one_of.iter().any(|one| one.is(value))))
        && test.contains.as_ref().is_none_or(|part| value.is_some_and(|value| contains_text(value, part)))
        && test.host_differs_from.as_ref().is_none_or(|host| host_differs(host, value, inputs))
}

fn contains_text(value: &Json, part: &str) -> bool {
    match value {
        Json::String(text) => text.to_lowercase().contains(&part.to_lowercase()),
        Json::Array(list) => list.iter().any(|item| item.as_str() == Some(part)),
        _ => false,
    }
}

fn is_kind(value: &Json, kind: JsonType) -> bool {
    match kind {
        JsonType::String => matches!(value, Json::String(_)),
        JsonType::Number => matches!(value, Json::Number(_)),
        JsonType::Boolean => matches!(value, Json::Boolean(_)),
        JsonType::Array => matches!(value, Json::Array(_)),
        JsonType::Object => matches!(value, Json::Object(_)),
        JsonType::Null => matches!(value, Json::Null),
    }
}

/// Whether an address's host differs from the expected host. Returns `false` for a missing or non-string value.
fn host_differs(expected: &Template, value: Option<&Json>, inputs: &Inputs<'_>) -> bool {
    let Ok(expected) = fill(expected, Slot::Host, &Filling::plain(inputs)) else { return false };
    let Some(text) = value.and_then(Json::as_str) else { return false };
    let host = match url::Url::parse(text) {
        Ok(url) => url.host_str().map(str::to_owned),
        Err(_) => Some(text.to_lowercase()),
    };
    host.is_some_and(|host| host != expected.expose())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(test: &HeaderTest, values: &[&str], expected: bool) {
        assert_eq!(header_matches(test, values), expected, "{test:?} {values:?}");
    }

    #[test]
    fn a_header_test_holds_for_one_of_several_values_or_for_all_together() {
        let contains = |text: &str| HeaderTest { contains: Some(text.to_owned()), ..HeaderTest::default() };
        let equals = |text: &str| HeaderTest { equals: Some(text.to_owned()), ..HeaderTest::default() };
        let values = ["Basic realm=\"x\"", "Bearer error=\"token expired\""];
        check(&contains("TOKEN expired"), &values, true);
        check(&contains("basic"), &values, true);
        check(&contains("digest"), &values, false);
        check(&equals("Basic realm=\"x\""), &values, true);
        check(&equals("a, b"), &["a", "b"], true);
        check(&equals("a"), &["a, b"], false);
        // Both conditions must hold for the same value.
        check(&HeaderTest { contains: Some("b".to_owned()), ..equals("a") }, &["a", "b"], false);
        for exists in [true, false] {
            let test = HeaderTest { exists: Some(exists), ..HeaderTest::default() };
            check(&test, &[], !exists);
            check(&test, &["a", "b"], exists);
        }
        check(&contains(""), &[], false);
    }
}
