//! Explains why a value matches none of a schema's branches.
//!
//! The type of the value identifies the intended branch. If several branches accept single-key mappings, the key
//! identifies the branch. Only the errors for that branch are reported.

use jsonschema::ValidationError;
use serde_json::Value;

use super::names::{Spot, branches, follow, is_tagged};
use super::words::{Repair, Words};
use crate::code::{NOT_A_CHOICE, OUT_OF_BOUNDS, UNKNOWN_KEY, WRONG_TYPE};
use crate::finding::{Finding, choose, quoted};
use crate::node::{Entry, Kind};
use crate::source::Span;

/// A kind of value that a branch accepts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Accepts<'s> {
    /// This word.
    Word(&'s str),
    /// A mapping with this single key.
    Tag(&'s str),
    Text,
    Number,
    Boolean,
    List,
    Mapping,
}

impl Words<'_, '_, '_> {
    /// Explains why no branch accepts a value. `context` contains the errors for each branch.
    pub(super) fn report_branches(&mut self, spot: &Spot<'_, '_>, context: &[Vec<ValidationError<'static>>]) {
        let Some(list) = spot.choice.and_then(branches) else { return self.wrong_kind(spot, &[]) };
        let forms: Vec<Vec<Accepts<'_>>> = list.iter().map(|branch| forms(self.schema, branch)).collect();
        let all: Vec<Accepts<'_>> = forms.iter().flatten().copied().collect();
        let with = |form: Accepts<'_>| forms.iter().position(|forms| forms.contains(&form));
        let branch = match &spot.node.kind {
            Kind::Text(_) => with(Accepts::Text),
            Kind::Mapping(entries) if all.iter().any(|form| matches!(form, Accepts::Tag(_))) => {
                match self.tagged(spot, entries, &all) {
                    Some(tag) => with(Accepts::Tag(tag)),
                    None => return,
                }
            }
            Kind::Mapping(_) => with(Accepts::Mapping),
            Kind::Sequence(_) => with(Accepts::List),
            Kind::Number(_) => with(Accepts::Number),
            Kind::Bool(_) => with(Accepts::Boolean),
            Kind::Null => None,
        };
        match (branch.and_then(|n| context.get(n)), &spot.node.kind) {
            (Some(errors), _) => errors.iter().for_each(|error| self.report(error)),
            (None, Kind::Text(text)) => self.word(spot, text, &all),
            (None, _) => self.wrong_kind(spot, &all),
        }
    }

    /// Explains why a string is invalid where only certain words and single-key mappings are allowed.
    fn word(&mut self, spot: &Spot<'_, '_>, text: &str, all: &[Accepts<'_>]) {
        if all.contains(&Accepts::Tag(text)) {
            let found = Finding::new(&WRONG_TYPE, spot.node.span, format!("`{text}` needs a value"));
            self.push(found.help(format!("write `{text}: …`, with the value after the colon or below it")));
            return;
        }
        let words: Vec<&str> = all.iter().filter_map(named).collect();
        if words.is_empty() {
            self.wrong_kind(spot, all);
            return;
        }
        self.not_a_choice(spot, text, spot.node.span, &words);
    }

    /// Returns the key of a single-key mapping. If the mapping does not have exactly one valid key, reports it and
    /// returns `None`.
    fn tagged<'e>(
        &mut self,
        spot: &Spot<'_, '_>,
        entries: &'e [Entry],
        all: &[Accepts<'_>],
    ) -> Option<&'e str> {
        let name = spot.name();
        let is_tag = |entry: &&Entry| all.contains(&Accepts::Tag(&entry.key));
        let mut tags = entries.iter().filter(is_tag);
        match (tags.next(), tags.next()) {
            (Some(one), Some(other)) => {
                let message = format!("{name} is both `{}` and `{}`", one.key, other.key);
                let found = Finding::new(&NOT_A_CHOICE, other.key_span, message);
                self.push(found.also(one.key_span, "the first one").help("keep only one of the two keys"));
                None
            }
            (Some(one), None) if entries.len() == 1 => Some(one.key.as_str()),
            (Some(one), None) => {
                for other in entries.iter().filter(|entry| entry.key != one.key) {
                    let message = format!("{} is not allowed next to `{}`", quoted(&other.key), one.key);
                    let found = Finding::new(&UNKNOWN_KEY, other.key_span, message);
                    self.push(found.help(format!(
                        "indent this key below `{}` if it belongs there, or remove the key",
                        one.key
                    )));
                    self.repair(other.key_span, Repair::Remove);
                }
                None
            }
            (None, _) => {
                let words: Vec<&str> = all.iter().filter_map(named).collect();
                match entries.first() {
                    Some(first) => self.not_a_choice(spot, &first.key, first.key_span, &words),
                    None => {
                        let found = Finding::new(&OUT_OF_BOUNDS, spot.place(), format!("{name} is empty"));
                        self.push(found.help(choose(words.iter().copied())));
                    }
                }
                None
            }
        }
    }

    fn wrong_kind(&mut self, spot: &Spot<'_, '_>, all: &[Accepts<'_>]) {
        let mut kinds: Vec<&str> = Vec::new();
        let words: Vec<&str> = all.iter().filter_map(named).collect();
        for form in all {
            let kind = match form {
                Accepts::Word(_) => "a word",
                Accepts::Tag(_) | Accepts::Mapping => "a mapping",
                Accepts::Text => "a string",
                Accepts::Number => "a number",
                Accepts::Boolean => "`true` or `false`",
                Accepts::List => "a list",
            };
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        if kinds.first() == Some(&"a string") {
            return self.wrong_type(spot, "a string");
        }
        let expected =
            if kinds.is_empty() { "a value of another type".to_owned() } else { kinds.join(" or ") };
        let message = format!("{} must be {expected}, but this is {}", spot.name(), spot.node.described());
        let found = Finding::new(&WRONG_TYPE, self.line(spot.place()), message);
        let choices: Vec<String> = all
            .iter()
            .filter_map(|form| match form {
                Accepts::Word(word) => Some((*word).to_owned()),
                Accepts::Tag(tag) => Some(format!("{tag}: …")),
                _ => None,
            })
            .collect();
        let choices: Vec<&str> = choices.iter().map(String::as_str).collect();
        self.push(if !words.is_empty() {
            found.help(choose(choices.iter().copied()))
        } else if kinds.contains(&"a mapping") {
            found.help(spot.as_mapping(self.source))
        } else {
            found.help(format!("write {expected}"))
        });
    }

    fn line(&self, span: Span) -> Span {
        self.source.first_line(span)
    }
}

fn named<'s>(form: &Accepts<'s>) -> Option<&'s str> {
    match form {
        Accepts::Word(word) | Accepts::Tag(word) => Some(word),
        _ => None,
    }
}

fn forms<'s>(root: &'s Value, schema: &'s Value) -> Vec<Accepts<'s>> {
    if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
        return forms(root, follow(root, target));
    }
    if let Some(list) = branches(schema) {
        return list.iter().flat_map(|branch| forms(root, branch)).collect();
    }
    if let Some(word) = schema.get("const").and_then(Value::as_str) {
        return vec![Accepts::Word(word)];
    }
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        return words.iter().filter_map(Value::as_str).map(Accepts::Word).collect();
    }
    let tag = schema.pointer("/required/0").and_then(Value::as_str).filter(|_| is_tagged(schema));
    let of_type = |name: &str| match name {
        "string" => Some(Accepts::Text),
        "integer" | "number" => Some(Accepts::Number),
        "boolean" => Some(Accepts::Boolean),
        "array" => Some(Accepts::List),
        "object" => Some(tag.map_or(Accepts::Mapping, Accepts::Tag)),
        _ => None,
    };
    match schema.get("type") {
        Some(Value::String(name)) => of_type(name).into_iter().collect(),
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).filter_map(of_type).collect(),
        _ => Vec::new(),
    }
}
