//! Describes the response that indicates an outcome, for readers who look at requests and responses.
//!
//! **Invariant:** every test that a rule can contain has a description.

use std::fmt::Display;

use guide::{Fault, HeaderTest, JsonTest, JsonType, Template, When};

/// Describes the response that satisfies a rule. `host` formats a host that the rule uses in a comparison.
pub(crate) fn seen(when: &When, provider: &str, host: impl Fn(&Template) -> String) -> String {
    if !when.fails.is_empty() {
        let faults: Vec<&str> = when.fails.iter().map(|fault| fault_words(*fault)).collect();
        return format!("{}.", capitalized(&either(&faults)));
    }
    let mut signs = Vec::new();
    if !when.status.is_empty() {
        signs.push(format!("status {}", either(&when.status)));
    }
    if !when.status_not.is_empty() {
        signs.push(format!("a status other than {}", either(&when.status_not)));
    }
    match when.is_json {
        Some(true) => signs.push("a JSON body".to_owned()),
        Some(false) => signs.push("a body that is not JSON".to_owned()),
        None => {}
    }
    signs.extend(when.headers.iter().map(|(name, test)| header_words(name, test)));
    signs.extend(when.json.iter().map(|(path, test)| json_words(&path.to_string(), test, &host)));
    if signs.is_empty() {
        return format!("{provider} responds in any other way.");
    }
    format!("{provider} responds with {}.", signs.join(" and "))
}

const fn fault_words(fault: Fault) -> &'static str {
    match fault {
        Fault::Dns => "the host name cannot be resolved",
        Fault::Connect => "no connection can be made",
        Fault::Tls => "no secure connection can be made",
        Fault::Timeout => "no response arrives in time",
        Fault::Reset => "the connection is interrupted",
        Fault::TooLarge => "the response is too large",
        Fault::Malformed => "the response is not valid HTTP",
        Fault::Refused => "requests to this address are not allowed",
    }
}

fn header_words(name: &str, test: &HeaderTest) -> String {
    match (&test.equals, &test.contains, test.exists) {
        (Some(text), _, _) => format!("the header {name}: {text}"),
        (None, Some(text), _) => format!("a {name} header that contains {text}"),
        (None, None, Some(false)) => format!("no {name} header"),
        (None, None, _) => format!("a {name} header"),
    }
}

fn json_words(path: &str, test: &JsonTest, host: impl Fn(&Template) -> String) -> String {
    if let Some(other) = &test.host_differs_from {
        return format!("a host in {path} other than {}", host(other));
    }
    if !test.one_of.is_empty() {
        return format!("{path} set to {}", either(&test.one_of));
    }
    if let Some(part) = &test.contains {
        return format!("text in {path} that contains {part}");
    }
    match (test.exists, test.kind) {
        (Some(false), _) => format!("no {path}"),
        (_, Some(kind)) => format!("{} in {path}", kind_words(kind)),
        (_, None) => format!("a value in {path}"),
    }
}

const fn kind_words(kind: JsonType) -> &'static str {
    match kind {
        JsonType::String => "a string",
        JsonType::Number => "a number",
        JsonType::Boolean => "a boolean",
        JsonType::Array => "an array",
        JsonType::Object => "an object",
        JsonType::Null => "null",
    }
}

/// Joins alternatives, as in "a or b" and "a, b, or c".
pub(super) fn either(list: &[impl Display]) -> String {
    let words: Vec<String> = list.iter().map(ToString::to_string).collect();
    match words.as_slice() {
        [front @ .., before, last] if !front.is_empty() => {
            format!("{}, {before}, or {last}", front.join(", "))
        }
        words => words.join(" or "),
    }
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
