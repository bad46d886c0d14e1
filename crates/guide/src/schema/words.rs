//! A schema error in an author's words, at the place where it is.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value;

use crate::code::{MISSING_KEY, NOT_A_CHOICE, OUT_OF_BOUNDS, UNKNOWN_KEY, WRONG_TYPE, WRONG_VERSION};
use crate::finding::{Finding, listed, nearest};
use crate::node::{Kind as NodeKind, Node};
use crate::source::{Source, Span};
use crate::template::suggest;

/// Says what one error means; several findings where it names several keys.
pub(super) fn say(
    error: &ValidationError<'_>,
    root: &Node,
    source: &Source,
    schema: &Value,
    findings: &mut Vec<Finding>,
) {
    let path = error.instance_path().to_string();
    let (node, key) = locate(root, &path);
    let name = key.map_or_else(|| "the guide".to_owned(), |(name, _)| format!("`{name}`"));
    // A block collection begins nowhere a reader would look; its key is what they see.
    let place = match (&node.kind, key) {
        (NodeKind::Mapping(_) | NodeKind::Sequence(_), Some((_, span))) => span,
        _ => node.place(),
    };
    let place = source.first_line(place);
    match error.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            let known = properties(schema, &error.schema_path().to_string());
            for wrong in unexpected {
                let span = node.entry(wrong).map_or(place, |entry| entry.key_span);
                findings.push(unknown_key(wrong, span, node, &known));
            }
        }
        Kind::Required { property } => {
            let missing = property.as_str().unwrap_or_default();
            let found = Finding::new(&MISSING_KEY, place, format!("{name} has no `{missing}`"))
                .mend(format!("add `{missing}: …`"));
            findings.push(found);
        }
        Kind::Enum { options } => {
            let words: Vec<&str> = options.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            findings.push(not_a_choice(node, &name, place, &words));
        }
        Kind::Constant { expected_value } if path.starts_with("/waystone") => {
            let message = format!("this is not version {expected_value} of the format");
            findings.push(Finding::new(&WRONG_VERSION, place, message));
        }
        Kind::OneOfNotValid { context } | Kind::AnyOf { context } => {
            branches(context, node, &name, place, root, source, schema, findings);
        }
        Kind::Type { .. } => {
            let wanted = wanted(&error.kind_text());
            let found = Finding::new(&WRONG_TYPE, place, format!("{name} wants {wanted}, and this is {}", node.described()));
            findings.push(match &node.kind {
                NodeKind::Integer(_) | NodeKind::Float(_) | NodeKind::Bool(_) if wanted == "a text" => {
                    let text = source.slice(place).to_owned();
                    found.mend(format!("put it in quotes: '{text}'")).fix(place, format!("'{text}'"))
                }
                NodeKind::Text(_) if wanted == "a list" => {
                    let text = source.slice(place).to_owned();
                    found.mend(format!("write a list: [{text}]")).fix(place, format!("[{text}]"))
                }
                _ => found.mend(format!("write {wanted}")),
            });
        }
        Kind::MinItems { .. } => {
            findings.push(Finding::new(&OUT_OF_BOUNDS, place, format!("{name} is empty, and needs at least one")));
        }
        Kind::MinProperties { .. } => {
            findings.push(Finding::new(&OUT_OF_BOUNDS, place, format!("{name} says nothing")));
        }
        Kind::MinLength { limit } => {
            let message = format!("{name} has fewer than {limit} characters");
            findings.push(Finding::new(&OUT_OF_BOUNDS, place, message));
        }
        Kind::Minimum { limit } => {
            findings.push(Finding::new(&OUT_OF_BOUNDS, place, format!("{name} is less than {limit}")));
        }
        Kind::Maximum { limit } => {
            findings.push(Finding::new(&OUT_OF_BOUNDS, place, format!("{name} is more than {limit}")));
        }
        Kind::Pattern { pattern } => {
            let form = match pattern.as_str() {
                r"^\d{4}-\d{2}-\d{2}$" => "a date such as `2026-01-31`",
                r"^W\d{4}$" => "a code such as `W0301`",
                r"^#[0-9a-fA-F]{6}$" => "a color such as `#3355ff`",
                _ => "another form",
            };
            findings.push(Finding::new(&OUT_OF_BOUNDS, place, format!("{name} wants {form}")));
        }
        other => {
            let message = format!("{name} breaks the rule `{}` of the format", other.keyword());
            findings.push(Finding::new(&OUT_OF_BOUNDS, place, message));
        }
    }
}

fn unknown_key(wrong: &str, span: Span, node: &Node, known: &[String]) -> Finding {
    let here: Vec<&str> = match &node.kind {
        NodeKind::Mapping(entries) => entries.iter().map(|entry| entry.key.as_str()).collect(),
        _ => Vec::new(),
    };
    let free: Vec<&str> = known.iter().map(String::as_str).filter(|key| !here.contains(key)).collect();
    let found = Finding::new(&UNKNOWN_KEY, span, format!("`{wrong}` is not a key of the format here"));
    match nearest(wrong, free.iter().copied()) {
        Some(near) => found.mend(format!("did you mean `{near}`?")).fix(span, near),
        None if free.is_empty() => found,
        None => found.mend(format!("what can stand here is {}", listed(free))),
    }
}

fn not_a_choice(node: &Node, name: &str, place: Span, words: &[&str]) -> Finding {
    if let NodeKind::Text(text) = &node.kind {
        let found = Finding::new(&NOT_A_CHOICE, place, format!("`{text}` is not a choice for {name}"));
        suggest(found, text, words)
    } else {
        let message = format!("{name} wants a word, and this is {}", node.described());
        Finding::new(&NOT_A_CHOICE, place, message).mend(format!("choose from {}", listed(words.iter().copied())))
    }
}

/// A value that fits none of several branches: the branch that its author meant is told by its key, or by what
/// kind of value stands here; only that branch's complaints are passed on.
#[expect(clippy::too_many_arguments, reason = "the context of one error, handed on whole")]
fn branches(
    context: &[Vec<ValidationError<'static>>],
    node: &Node,
    name: &str,
    place: Span,
    root: &Node,
    source: &Source,
    schema: &Value,
    findings: &mut Vec<Finding>,
) {
    let mut choices: Vec<String> = Vec::new();
    let mut meant: Option<&Vec<ValidationError<'static>>> = None;
    let depth = |error: &ValidationError<'_>| error.instance_path().to_string().matches('/').count();
    for branch in context {
        let mut wrong_kind = false;
        for error in branch {
            let at_root = context.iter().flatten().map(depth).min() == Some(depth(error));
            match error.kind() {
                Kind::Required { property } if at_root => {
                    choices.extend(property.as_str().map(str::to_owned));
                    wrong_kind = true;
                }
                Kind::Constant { expected_value } if at_root => {
                    choices.extend(expected_value.as_str().map(str::to_owned));
                    wrong_kind = true;
                }
                Kind::Enum { options } if at_root => {
                    choices.extend(options.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
                    wrong_kind = true;
                }
                Kind::Type { .. } if at_root => wrong_kind = true,
                _ => {}
            }
        }
        if !wrong_kind {
            meant = Some(branch);
        }
    }
    if let Some(branch) = meant {
        for error in branch {
            say(error, root, source, schema, findings);
        }
        return;
    }
    let words: Vec<&str> = choices.iter().map(String::as_str).collect();
    let tag = match &node.kind {
        NodeKind::Text(text) => Some((text.as_str(), place)),
        NodeKind::Mapping(entries) if entries.len() == 1 => Some((entries[0].key.as_str(), entries[0].key_span)),
        _ => None,
    };
    match tag {
        Some((word, span)) if !words.is_empty() => {
            let found = Finding::new(&NOT_A_CHOICE, span, format!("`{word}` is not a choice for {name}"));
            findings.push(suggest(found, word, &words));
        }
        _ => {
            let message = format!("{name} has {} where it does not belong", node.described());
            let found = Finding::new(&WRONG_TYPE, place, message);
            findings.push(if words.is_empty() { found } else { found.mend(format!("choose one of {}", listed(words))) });
        }
    }
}

/// The node at a JSON pointer, and the key under which it or its list stands.
fn locate<'n>(root: &'n Node, pointer: &str) -> (&'n Node, Option<(&'n str, Span)>) {
    let mut node = root;
    let mut key = None;
    for part in pointer.split('/').skip(1) {
        let part = part.replace("~1", "/").replace("~0", "~");
        if let Some(entry) = node.entry(&part) {
            key = Some((entry.key.as_str(), entry.key_span));
            node = &entry.value;
        } else if let Some(item) = part.parse().ok().and_then(|index| node.item(index)) {
            key = key.map(|(name, _)| (name, item.place()));
            node = item;
        } else {
            break;
        }
    }
    (node, key)
}

/// The keys that the schema knows where it complained of another.
fn properties(schema: &Value, schema_path: &str) -> Vec<String> {
    let mut here = schema;
    let parent = schema_path.rsplit_once('/').map_or("", |(parent, _)| parent);
    for part in parent.split('/').skip(1) {
        let part = part.replace("~1", "/").replace("~0", "~");
        let next = here.get(&part).or_else(|| part.parse::<usize>().ok().and_then(|index| here.get(index)));
        here = match next {
            Some(next) => next,
            None => return Vec::new(),
        };
        if part == "$ref" || here.get("$ref").is_some() {
            let target = here.as_str().or_else(|| here.get("$ref").and_then(Value::as_str)).unwrap_or_default();
            here = schema.pointer(target.trim_start_matches('#')).unwrap_or(here);
        }
    }
    here.get("properties").and_then(Value::as_object).map(|map| map.keys().cloned().collect()).unwrap_or_default()
}

/// What kind of value the schema wants.
fn wanted(kind: &str) -> &'static str {
    match kind {
        "string" => "a text",
        "array" => "a list",
        "object" => "a mapping",
        "boolean" => "`true` or `false`",
        "integer" | "number" => "a number",
        _ => "another kind of value",
    }
}

/// The name of the wanted type, where a type error names one.
trait KindText {
    fn kind_text(&self) -> String;
}

impl KindText for ValidationError<'_> {
    fn kind_text(&self) -> String {
        match self.kind() {
            Kind::Type { kind: jsonschema::error::TypeKind::Single(kind) } => kind.to_string(),
            _ => String::new(),
        }
    }
}
