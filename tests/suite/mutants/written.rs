//! A tree as YAML, plainly: blocks, two columns further in for each, and every text in double quotes.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// A slip in how a mapping is written, at the pointer to it and one of its keys.
pub(super) enum Slip<'a> {
    /// The key stands twice.
    Twice(&'a str, &'a str),
    /// The key stands one column too far right.
    Indent(&'a str, &'a str),
}

/// The text of a tree.
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
            beside(value, &inner, column + further, slip, out);
        }
    }
}

/// A value after its key, or below it.
fn beside(value: &Value, pointer: &str, column: usize, slip: Option<&Slip<'_>>, out: &mut String) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            out.push('\n');
            mapping(map, pointer, column + 2, slip, out);
        }
        Value::Array(list) if !list.is_empty() => {
            out.push('\n');
            for (n, item) in list.iter().enumerate() {
                let _ = write!(out, "{}-", " ".repeat(column + 2));
                beside(item, &format!("{pointer}/{n}"), column + 2, slip, out);
            }
        }
        // What JSON writes on one line is YAML, too.
        plain => drop(writeln!(out, " {plain}")),
    }
}
