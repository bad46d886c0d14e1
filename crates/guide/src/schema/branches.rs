//! A value that fits none of several branches, in an author's words.
//!
//! Which branch the author meant is told by what kind of value stands there, and of a mapping by its key; only
//! that branch's complaints are passed on.

use jsonschema::ValidationError;
use serde_json::Value;

use super::names::{Spot, branches, follow, is_tagged};
use super::words::{Repair, Words};
use crate::code::{NOT_A_CHOICE, OUT_OF_BOUNDS, UNKNOWN_KEY, WRONG_TYPE};
use crate::finding::{Finding, quoted};
use crate::node::{Entry, Kind};
use crate::source::Span;

/// What a branch takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form<'s> {
    /// This word.
    Word(&'s str),
    /// A mapping with this one key.
    Tag(&'s str),
    Text,
    Number,
    Truth,
    List,
    Mapping,
}

impl Words<'_, '_, '_> {
    /// Says what is wrong with a value at which none of the branches is right. `context` is what each complains of.
    pub(super) fn say_branches(&mut self, spot: &Spot<'_, '_>, context: &[Vec<ValidationError<'static>>]) {
        let Some(list) = spot.choice.and_then(branches) else { return self.wrong_kind(spot, &[]) };
        let forms: Vec<Vec<Form<'_>>> = list.iter().map(|branch| forms(self.schema, branch)).collect();
        let all: Vec<Form<'_>> = forms.iter().flatten().copied().collect();
        let with = |form: Form<'_>| forms.iter().position(|forms| forms.contains(&form));
        let meant = match &spot.node.kind {
            Kind::Text(_) => with(Form::Text),
            Kind::Mapping(entries) if all.iter().any(|form| matches!(form, Form::Tag(_))) => {
                match self.tagged(spot, entries, &all) {
                    Some(tag) => with(Form::Tag(tag)),
                    None => return,
                }
            }
            Kind::Mapping(_) => with(Form::Mapping),
            Kind::Sequence(_) => with(Form::List),
            Kind::Integer(_) | Kind::Float(_) => with(Form::Number),
            Kind::Bool(_) => with(Form::Truth),
            Kind::Null => None,
        };
        match (meant.and_then(|n| context.get(n)), &spot.node.kind) {
            (Some(errors), _) => errors.iter().for_each(|error| self.say(error)),
            (None, Kind::Text(text)) => self.word(spot, text, &all),
            (None, _) => self.wrong_kind(spot, &all),
        }
    }

    /// A word where words and mappings with one key can stand.
    fn word(&mut self, spot: &Spot<'_, '_>, text: &str, all: &[Form<'_>]) {
        if all.contains(&Form::Tag(text)) {
            let found = Finding::new(&WRONG_TYPE, spot.node.span, format!("`{text}` alone says too little"));
            self.push(found.mend(format!("write it as a key, with what belongs to it: `{text}: …`")));
            return;
        }
        let words: Vec<&str> = all.iter().filter_map(named).collect();
        if words.is_empty() {
            self.wrong_kind(spot, all);
            return;
        }
        self.not_a_choice(spot, text, spot.node.span, &words);
    }

    /// The tag of a mapping that has one key; without one the finding is made.
    fn tagged<'e>(&mut self, spot: &Spot<'_, '_>, entries: &'e [Entry], all: &[Form<'_>]) -> Option<&'e str> {
        let name = spot.name();
        let is_tag = |entry: &&Entry| all.contains(&Form::Tag(&entry.key));
        let mut tags = entries.iter().filter(is_tag);
        match (tags.next(), tags.next()) {
            (Some(one), Some(other)) => {
                let message = format!("{name} is both `{}` and `{}`", one.key, other.key);
                let found = Finding::new(&NOT_A_CHOICE, other.key_span, message);
                self.push(found.also(one.key_span, "the first one").mend("keep one of the two"));
                None
            }
            (Some(one), None) if entries.len() == 1 => Some(one.key.as_str()),
            (Some(one), None) => {
                for other in entries.iter().filter(|entry| entry.key != one.key) {
                    let message = format!("{} cannot stand beside `{}`", quoted(&other.key), one.key);
                    let found = Finding::new(&UNKNOWN_KEY, other.key_span, message);
                    self.push(
                        found
                            .mend(format!("indent it below `{}` if it belongs there, or remove it", one.key)),
                    );
                    self.repair(other.key_span, Repair::Remove);
                }
                None
            }
            (None, _) => {
                let words: Vec<&str> = all.iter().filter_map(named).collect();
                match entries.first() {
                    Some(first) => self.not_a_choice(spot, &first.key, first.key_span, &words),
                    None => {
                        let found =
                            Finding::new(&OUT_OF_BOUNDS, spot.place(), format!("{name} says nothing"));
                        self.push(found.mend(format!("there is {}", super::names::keys_listed(&words))));
                    }
                }
                None
            }
        }
    }

    fn wrong_kind(&mut self, spot: &Spot<'_, '_>, all: &[Form<'_>]) {
        let mut kinds: Vec<&str> = Vec::new();
        let words: Vec<&str> = all.iter().filter_map(named).collect();
        for form in all {
            let kind = match form {
                Form::Word(_) => "a word",
                Form::Tag(_) | Form::Mapping => "a mapping",
                Form::Text => "a text",
                Form::Number => "a number",
                Form::Truth => "`true` or `false`",
                Form::List => "a list",
            };
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        if kinds.first() == Some(&"a text") {
            return self.wrong_type(spot, "a text");
        }
        let wanted = if kinds.is_empty() { "another kind of value".to_owned() } else { kinds.join(" or ") };
        let message = format!("{} wants {wanted}, and this is {}", spot.name(), spot.node.described());
        let found = Finding::new(&WRONG_TYPE, self.line(spot.place()), message);
        let choices: Vec<String> = all
            .iter()
            .filter_map(|form| match form {
                Form::Word(word) => Some((*word).to_owned()),
                Form::Tag(tag) => Some(format!("{tag}: …")),
                _ => None,
            })
            .collect();
        let choices: Vec<&str> = choices.iter().map(String::as_str).collect();
        self.push(if words.is_empty() {
            found.mend(format!("write {wanted}"))
        } else {
            found.mend(format!("there is {}", super::names::keys_listed(&choices)))
        });
    }

    fn line(&self, span: Span) -> Span {
        self.source.first_line(span)
    }
}

fn named<'s>(form: &Form<'s>) -> Option<&'s str> {
    match form {
        Form::Word(word) | Form::Tag(word) => Some(word),
        _ => None,
    }
}

fn forms<'s>(root: &'s Value, schema: &'s Value) -> Vec<Form<'s>> {
    if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
        return forms(root, follow(root, target));
    }
    if let Some(list) = branches(schema) {
        return list.iter().flat_map(|branch| forms(root, branch)).collect();
    }
    if let Some(word) = schema.get("const").and_then(Value::as_str) {
        return vec![Form::Word(word)];
    }
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        return words.iter().filter_map(Value::as_str).map(Form::Word).collect();
    }
    let tag = schema.pointer("/required/0").and_then(Value::as_str).filter(|_| is_tagged(schema));
    let of_type = |name: &str| match name {
        "string" => Some(Form::Text),
        "integer" | "number" => Some(Form::Number),
        "boolean" => Some(Form::Truth),
        "array" => Some(Form::List),
        "object" => Some(tag.map_or(Form::Mapping, Form::Tag)),
        _ => None,
    };
    match schema.get("type") {
        Some(Value::String(name)) => of_type(name).into_iter().collect(),
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).filter_map(of_type).collect(),
        _ => Vec::new(),
    }
}
