//! Writes a tree as plain YAML: blocks with two columns per level, and every string in double quotes.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// A mistake in the way a mapping is written, at the pointer to the mapping and one of its keys.
pub(super) enum Slip<'a> {
    /// The key is repeated.
    Twice(&'a str, &'a str),
    /// The key is indented by one column too many.
    Indent(&'a str, &'a str),
}

/// The YAML of a tree.
pub(super) fn written(tree: &Value, slip: Option<&Slip<'_>>) -> String {
    let mut out = String::new();
    match tree {
        Value::Object(map) => mapping(map, "", 0, slip, &mut out),
        other => drop(writeln!(out, "{other}")),
    }
    out
}

fn mapping(
    map: &Map<String, Value>,
    pointer: &str,
    column: usize,
    slip: Option<&Slip<'_>>,
    out: &mut String,
) {
    for (key, value) in map {
        let is_it = |(at, name): (&str, &str)| at == pointer && name == key;
        let (times, further) = match slip {
            Some(Slip::Twice(at, name)) if is_it((at, name)) => (2, 0),
            Some(Slip::Indent(at, name)) if is_it((at, name)) => (1, 1),
            _ => (1, 0),
        };
        for _ in 0..times {
            let _ = write!(out, "{}{}:", " ".repeat(column + further), Value::from(key.as_str()));
            let inner = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
            value_of(value, &inner, column + further, slip, out);
        }
    }
}

/// Writes a value after its key or below it.
fn value_of(value: &Value, pointer: &str, column: usize, slip: Option<&Slip<'_>>, out: &mut String) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            out.push('\n');
            mapping(map, pointer, column + 2, slip, out);
        }
        Value::Array(list) if !list.is_empty() => {
            out.push('\n');
            for (n, item) in list.iter().enumerate() {
                let _ = write!(out, "{}-", " ".repeat(column + 2));
                value_of(item, &format!("{pointer}/{n}"), column + 2, slip, out);
            }
        }
        // JSON on one line is also YAML.
        plain => drop(writeln!(out, " {plain}")),
    }
}
