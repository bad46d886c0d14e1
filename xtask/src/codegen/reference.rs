//! The reference of the guide language: every mapping, choice, reference and filter.
//!
//! **Invariant:** it says what the schema and the types say; nothing is described here.

use std::fmt::Write as _;

use guide::{OutcomeKind, Word, vocabulary};
use serde_json::{Map, Value};

const INTRO: &str = "# Reference of the guide language

Every key of a guide, and every word that can stand in one. `docs/authoring.md` explains how they are used.
This page is made by `cargo xtask codegen` from what reads guides; an editor shows the same from
`schemas/guide.schema.json`.

Of a key that is neither required nor has a default, nothing is assumed when it is left out.
";

/// The page.
pub(super) fn page() -> String {
    let schema = guide::guide_schema();
    let mut text = INTRO.to_owned();
    let none = Map::new();
    let shapes = schema["$defs"].as_object().unwrap_or(&none);
    let all: Vec<(&str, &Value)> = [("GuideShape", &schema)]
        .into_iter()
        .chain(shapes.iter().map(|(name, shape)| (name.as_str(), shape)))
        .collect();
    text.push_str("\n## Contents\n\n");
    for (name, shape) in &all {
        let _ = writeln!(text, "- {}: {}", link(name), first_sentence(&says(shape)));
    }
    text.push_str("- [References](#references): what can stand between `{{` and `}}`.\n");
    for (name, shape) in &all {
        let _ = write!(text, "\n## {}\n\n{}\n", title(name), says(shape));
        users(&mut text, name, &all);
        match shape["oneOf"].as_array() {
            Some(choices) if *name == "OutcomeKind" => outcomes(&mut text, choices),
            Some(choices) => one_of(&mut text, name, choices),
            None => keys(&mut text, name, shape),
        }
    }
    references(&mut text);
    text
}

/// Where a shape stands: `fields` of a method.
fn users(text: &mut String, name: &str, all: &[(&str, &Value)]) {
    let pointer = format!("\"#/$defs/{name}\"");
    let mut places = Vec::new();
    for (user, shape) in all {
        let choices = shape["oneOf"].as_array().map_or(&[][..], Vec::as_slice);
        for (key, value) in std::iter::once(*shape).chain(choices).flat_map(properties) {
            if value.to_string().contains(&pointer) {
                places.push(format!("`{key}` of {}", link(user)));
            }
        }
    }
    if !places.is_empty() {
        let _ = write!(text, "\nStands in: {}.\n", places.join(", "));
    }
}

fn properties(shape: &Value) -> impl Iterator<Item = (&String, &Value)> {
    shape["properties"].as_object().into_iter().flatten()
}

/// The keys of a mapping.
fn keys(text: &mut String, name: &str, shape: &Value) {
    let required: Vec<&str> = list(&shape["required"]).iter().filter_map(Value::as_str).collect();
    text.push_str("\n| key | value | if left out | |\n|---|---|---|---|\n");
    for (key, value) in properties(shape) {
        let left_out = match &value["default"] {
            _ if required.contains(&key.as_str()) => "**required**".to_owned(),
            Value::Null => String::new(),
            default => code(default),
        };
        let is_open = value["const"].is_null();
        let samples: Vec<String> = list(&value["examples"]).iter().filter(|_| is_open).map(code).collect();
        let sample =
            if samples.is_empty() { String::new() } else { format!(" Such as {}.", samples.join(", ")) };
        let anchor = format!("<a id=\"{}-{key}\"></a>`{key}`", slug(name));
        row(text, &[&anchor, &kind(value), &left_out, &format!("{}{sample}", says(value))]);
    }
}

/// The choices of a word, or of a mapping with one key.
fn one_of(text: &mut String, name: &str, choices: &[Value]) {
    text.push_str("\n| written | |\n|---|---|\n");
    for choice in choices {
        let word = choice["const"].as_str();
        let written = match (word, properties(choice).next()) {
            (None, Some((key, value))) => format!("`{key}:` {}", kind(value)),
            _ => format!("`{}`", word.unwrap_or_default()),
        };
        let key = word.or_else(|| properties(choice).next().map(|(key, _)| key.as_str())).unwrap_or_default();
        let anchor = format!("<a id=\"{}-{key}\"></a>{written}", slug(name));
        row(text, &[&anchor, &says(choice)]);
    }
}

/// The taxonomy, with what people are told where a guide says nothing better.
fn outcomes(text: &mut String, choices: &[Value]) {
    text.push_str(
        "\nThose with ↻ pass by themselves: they are tried again, and never put down to a field.\n\n\
         | outcome | | what is said | what can be done |\n|---|---|---|---|\n",
    );
    for kind in OutcomeKind::ALL {
        let choice = choices.iter().find(|choice| choice["const"] == kind.as_str());
        let again = if kind.is_transient() { " ↻" } else { "" };
        let name = |text: &str| text.replace("{provider}", "Acme");
        let anchor = format!("<a id=\"outcome-kind-{kind}\"></a>`{kind}`{again}");
        row(text, &[&anchor, &choice.map(says).unwrap_or_default(), &name(kind.says()), &name(kind.fix())]);
    }
}

fn references(text: &mut String) {
    let all = vocabulary();
    text.push_str(
        "\n## References\n\n`{{ reference }}` or `{{ reference | filter }}`, in quotes where YAML would read the brace. \
         `{{{{` is two literal\nbraces.\n\nWhat a reference can begin with depends on the text it stands in:\n\n\
         | text | | begins with | filters |\n|---|---|---|---|\n",
    );
    for one in &all.kinds {
        let roots: Vec<String> = one.roots.iter().map(|root| format!("`{root}`")).collect();
        let filters = if one.has_filters { "yes" } else { "no" };
        row(text, &[&one.word.name.to_lowercase(), &one.word.says, &roots.join(", "), filters]);
    }
    words(text, "What can be referred to", &all.references, "");
    for (root, members) in &all.members {
        words(text, &format!("After `{root}.`"), members, "");
    }
    words(text, "Filters", &all.filters, "host_labels");
}

/// A table of words; the one named takes a number.
fn words(text: &mut String, title: &str, words: &[Word], with_number: &str) {
    let _ = write!(text, "\n### {title}\n\n| written | |\n|---|---|\n");
    for word in words {
        let argument = if word.name == with_number { "(2)" } else { "" };
        row(text, &[&format!("`{}{argument}`", word.name), &word.says]);
    }
}

/// What kind of value can stand somewhere.
fn kind(value: &Value) -> String {
    if let Some(name) = value["$ref"].as_str().and_then(|pointer| pointer.rsplit('/').next()) {
        return link(name);
    }
    let branches = list(&value["anyOf"]);
    if !branches.is_empty() {
        return branches.iter().map(kind).collect::<Vec<_>>().join(", or ");
    }
    if !value["const"].is_null() {
        return code(&value["const"]);
    }
    let Some(word) = value["type"].as_str() else {
        let is_any = list(&value["type"]).iter().any(|one| one == "object");
        return if is_any { "anything" } else { "text, number, true or false" }.to_owned();
    };
    match word {
        "array" => {
            let items = kind(&value["items"]);
            let least = if value["minItems"] == 1 { " (one at least)" } else { "" };
            format!("list of {items}{least}")
        }
        "object" => format!("by name: {}", kind(&value["additionalProperties"])),
        "boolean" => "true or false".to_owned(),
        "integer" => match (value["minimum"].as_i64().filter(|least| *least != 0), value["maximum"].as_i64())
        {
            (Some(least), Some(most)) => format!("number from {least} to {most}"),
            (Some(least), None) => format!("number from {least}"),
            _ => "number".to_owned(),
        },
        _ => match (value["pattern"].as_str(), value["minLength"].as_u64()) {
            (Some(pattern), _) => format!("text like `{pattern}`"),
            (_, Some(least)) => format!("text of {least} characters or more"),
            _ => "text".to_owned(),
        },
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn says(shape: &Value) -> String {
    shape["description"].as_str().unwrap_or_default().replace('\n', " ")
}

fn first_sentence(text: &str) -> &str {
    text.split_inclusive(". ").next().unwrap_or(text).trim_end()
}

/// A value as it stands in a guide.
fn code(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    format!("`{text}`")
}

fn row(text: &mut String, cells: &[&str]) {
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|").replace('\n', " ")).collect();
    let _ = writeln!(text, "| {} |", cells.join(" | "));
}

/// `JsonTestShape` as people read it: `JSON test`.
fn title(name: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for ch in name.trim_end_matches("Shape").chars() {
        match words.last_mut() {
            Some(word) if !ch.is_ascii_uppercase() => word.push(ch),
            _ => words.push(ch.to_string()),
        }
    }
    let as_written = |(n, word): (usize, String)| match word.as_str() {
        "Json" | "Jwt" | "Tls" => word.to_ascii_uppercase(),
        "Oauth2" => "OAuth2".to_owned(),
        _ if n == 0 => word,
        _ => word.to_lowercase(),
    };
    words.into_iter().enumerate().map(as_written).collect::<Vec<_>>().join(" ")
}

fn slug(name: &str) -> String {
    title(name).to_lowercase().replace(' ', "-")
}

fn link(name: &str) -> String {
    format!("[{}](#{})", title(name), slug(name))
}
