//! Compares a request with what a scenario says it sends.
//!
//! **Invariant:** a difference names secrets but never contains one.

use guide::Key;
use probe::{Placeholders, Request};
use secret::Secret;
use serde_json::Value;

use crate::exchange::{Incoming, percent_decoded};

/// Returns the placeholder for a secret: the reference with which a guide refers to it.
pub(crate) fn reference(kind: &str, key: &Key) -> String {
    format!("{{{{ {kind}.{key} }}}}")
}

/// Returns the parts of the expected request that the received request lacks, or in which its values differ.
pub(crate) fn differences(expected: &Request, incoming: &Incoming, shown: &Placeholders) -> Vec<String> {
    let mut all = Vec::new();
    for header in &expected.headers {
        let name = header.name.as_str();
        all.extend(pair(&format!("header `{name}`"), (name, &header.value), &incoming.headers, shown));
    }
    for (name, value) in &expected.query {
        all.extend(pair(&format!("query parameter `{name}`"), (name, value), &incoming.query, shown));
    }
    let Some(body) = &expected.body else { return all };
    let text = Secret::new(String::from_utf8_lossy(body.bytes.expose()).into_owned());
    if body.content_type == "application/json" {
        let wanted = serde_json::from_str(text.expose()).unwrap_or_default();
        match serde_json::from_str(incoming.body.expose()) {
            Ok(sent) => json("", &wanted, Some(&sent), shown, &mut all),
            Err(_) => all.push("the body is not JSON".to_owned()),
        }
    } else {
        let sent = form(&incoming.body);
        for (name, value) in form(&text) {
            all.extend(pair(&format!("form field `{name}`"), (&name, &value), &sent, shown));
        }
    }
    all
}

/// Compares a name's value with the values that were sent under that name.
fn pair(
    what: &str,
    (name, wanted): (&str, &Secret),
    sent: &[(String, Secret)],
    shown: &Placeholders,
) -> Option<String> {
    let values: Vec<&Secret> =
        sent.iter().filter(|(other, _)| other == name).map(|(_, value)| value).collect();
    if values.iter().any(|value| value.expose() == wanted.expose()) {
        return None;
    }
    let show = |value: &Secret| match shown.show_basic(value) {
        Some(pair) => format!("`Basic` with `{pair}`"),
        None => format!("`{}`", shown.show(value)),
    };
    let got: Vec<String> = values.into_iter().map(show).collect();
    let got = if got.is_empty() { "none".to_owned() } else { got.join(" and ") };
    Some(format!("{what}: expected {}, got {got}", show(wanted)))
}

/// Compares JSON. An object can have more members than expected; any other value must be equal.
fn json(path: &str, wanted: &Value, sent: Option<&Value>, shown: &Placeholders, all: &mut Vec<String>) {
    match (wanted, sent) {
        (Value::Object(members), Some(Value::Object(sent))) => {
            for (name, value) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                json(&path, value, sent.get(name), shown, all);
            }
        }
        (wanted, Some(sent)) if wanted == sent => {}
        (wanted, sent) => {
            let show = |value: &Value| format!("`{}`", shown.show(&Secret::new(value.to_string())));
            let what = if path.is_empty() { "JSON body".to_owned() } else { format!("JSON `{path}`") };
            let got = sent.map_or_else(|| "none".to_owned(), show);
            all.push(format!("{what}: expected {}, got {got}", show(wanted)));
        }
    }
}

/// Decodes a form body.
fn form(body: &Secret) -> Vec<(String, Secret)> {
    let decoded = |text: &str| percent_decoded(&text.replace('+', " "));
    let pairs = body.expose().split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (decoded(name), Secret::new(decoded(value)))).collect()
}
