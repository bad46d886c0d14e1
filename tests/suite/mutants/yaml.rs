//! Writes a tree as plain YAML: block style with two columns per level, and every string in double quotes.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// A mistake to make in a mapping, with the JSON pointer to the mapping and one of its keys.
pub(crate) enum Mistake<'a> {
    /// The key is repeated.
    Duplicate(&'a str, &'a str),
    /// The key is indented one column too far.
    Indent(&'a str, &'a str),
}

/// Returns a tree as YAML, with a mistake if one is given.
pub(crate) fn to_yaml(tree: &Value, mistake: Option<&Mistake<'_>>) -> String {
    let mut out = String::new();
    match tree {
        Value::Object(map) => mapping(map, "", 0, mistake, &mut out),
        other => drop(writeln!(out, "{other}")),
    }
    out
}

fn mapping(
    map: &Map<String, Value>,
    pointer: &str,
    column: usize,
    mistake: Option<&Mistake<'_>>,
    out: &mut String,
) {
    for (key, value) in map {
        let is_here = |(at, name): (&str, &str)| at == pointer && name == key;
        let (count, indent) = match mistake {
            Some(Mistake::Duplicate(at, name)) if is_here((at, name)) => (2, 0),
            Some(Mistake::Indent(at, name)) if is_here((at, name)) => (1, 1),
            _ => (1, 0),
        };
        for _ in 0..count {
            let _ = write!(out, "{}{}:", " ".repeat(column + indent), Value::from(key.as_str()));
            let inner = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
            value_of(value, &inner, column + indent, mistake, out);
        }
    }
}

/// Writes a value after its key or below it.
fn value_of(value: &Value, pointer: &str, column: usize, mistake: Option<&Mistake<'_>>, out: &mut String) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            out.push('\n');
            mapping(map, pointer, column + 2, mistake, out);
        }
        Value::Array(list) if !list.is_empty() => {
            out.push('\n');
            for (n, item) in list.iter().enumerate() {
                let _ = write!(out, "{}-", " ".repeat(column + 2));
                value_of(item, &format!("{pointer}/{n}"), column + 2, mistake, out);
            }
        }
        // JSON on one line is also YAML.
        plain => drop(writeln!(out, " {}", visible(&plain.to_string()))),
    }
}

/// Escapes the characters outside ASCII in JSON, because a guide must not contain invisible ones unescaped. The result is a
/// YAML string in double quotes.
fn visible(json: &str) -> String {
    let mut out = String::new();
    for ch in json.chars() {
        if ch.is_ascii() {
            out.push(ch);
        } else {
            let _ = write!(out, "\\U{:08x}", u32::from(ch));
        }
    }
    out
}
