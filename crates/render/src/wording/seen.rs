//! How an outcome shows, in words: for whoever looks at requests and answers.
//!
//! **Invariant:** every test that a rule can make has words.

use std::fmt::Display;

use guide::{Fault, HeaderTest, JsonTest, JsonType, Template, When};

/// How an outcome shows, for whoever looks at requests and answers.
pub(crate) fn seen(when: &When, provider: &str, host: impl Fn(&Template) -> String) -> String {
    if !when.fails.is_empty() {
        let faults: Vec<&str> = when.fails.iter().map(|fault| fault_says(*fault)).collect();
        return format!("{}.", capitalized(&faults.join(", or ")));
    }
    let mut signs = Vec::new();
    if !when.status.is_empty() {
        signs.push(format!("status {}", either(&when.status)));
    }
    if !when.status_not.is_empty() {
        signs.push(format!("a status other than {}", either(&when.status_not)));
    }
    match when.is_json {
        Some(true) => signs.push("JSON".to_owned()),
        Some(false) => signs.push("something that is not JSON".to_owned()),
        None => {}
    }
    signs.extend(when.headers.iter().map(|(name, test)| header_says(name, test)));
    signs.extend(when.json.iter().map(|(path, test)| json_says(&path.to_string(), test, &host)));
    if signs.is_empty() {
        return format!("{provider} answers in any other way.");
    }
    format!("{provider} answers with {}.", signs.join(" and "))
}

const fn fault_says(fault: Fault) -> &'static str {
    match fault {
        Fault::Dns => "the host's name has no address",
        Fault::Connect => "no connection can be made",
        Fault::Tls => "the connection cannot be made secure",
        Fault::Timeout => "no answer comes in time",
        Fault::Reset => "the connection breaks off",
        Fault::TooLarge => "the answer is too large",
        Fault::Malformed => "what comes back is not HTTP",
        Fault::Refused => "the address is one that may not be asked",
    }
}

fn header_says(name: &str, test: &HeaderTest) -> String {
    match (&test.equals, &test.contains, test.exists) {
        (Some(text), _, _) => format!("the header {name}: {text}"),
        (None, Some(text), _) => format!("a header {name} that holds {text}"),
        (None, None, Some(false)) => format!("no header {name}"),
        (None, None, _) => format!("the header {name}"),
    }
}

fn json_says(path: &str, test: &JsonTest, host: impl Fn(&Template) -> String) -> String {
    if let Some(other) = &test.host_differs_from {
        return format!("another host in {path} than {}", host(other));
    }
    if !test.one_of.is_empty() {
        return format!("{path} being {}", either(&test.one_of));
    }
    if let Some(part) = &test.contains {
        return format!("{part} in {path}");
    }
    match (test.exists, test.kind) {
        (Some(false), _) => format!("no {path}"),
        (_, Some(kind)) => format!("{path} being {}", kind_says(kind)),
        (_, None) => format!("{path} in it"),
    }
}

const fn kind_says(kind: JsonType) -> &'static str {
    match kind {
        JsonType::String => "a text",
        JsonType::Number => "a number",
        JsonType::Boolean => "true or false",
        JsonType::Array => "a list",
        JsonType::Object => "an object",
        JsonType::Null => "null",
    }
}

fn either(list: &[impl Display]) -> String {
    let words: Vec<String> = list.iter().map(ToString::to_string).collect();
    match words.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [front @ .., last] => format!("{} or {last}", front.join(", ")),
    }
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
