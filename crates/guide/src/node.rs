//! The tree of a YAML file, in which every node and every key has a location.

use serde_json::{Map, Number, Value};

use crate::source::Span;

/// A value in the tree.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(crate) span: Span,
}

/// A node's value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    Sequence(Vec<Node>),
    Mapping(Vec<Entry>),
}

/// An entry in a mapping.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_span: Span,
    pub(crate) value: Node,
}

impl Node {
    /// Returns the location that a finding about the node marks: for a mapping or list, the first key or item.
    pub(crate) fn place(&self) -> Span {
        match &self.kind {
            Kind::Mapping(entries) => entries.first().map_or(self.span, |entry| entry.key_span),
            Kind::Sequence(items) => items.first().map_or(self.span, Self::place),
            _ => self.span,
        }
    }

    /// Converts the node to JSON, for the schema validator's error messages.
    pub(crate) fn to_json(&self) -> Value {
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Bool(b) => Value::Bool(*b),
            Kind::Number(n) => Value::Number(n.clone()),
            Kind::Text(text) => Value::String(text.clone()),
            Kind::Sequence(items) => Value::Array(items.iter().map(Self::to_json).collect()),
            Kind::Mapping(entries) => {
                let mut map = Map::with_capacity(entries.len());
                for entry in entries {
                    // If a key is duplicated, its first value is used. The loader has already reported the duplicate.
                    map.entry(entry.key.clone()).or_insert_with(|| entry.value.to_json());
                }
                Value::Object(map)
            }
        }
    }

    /// Returns the entry with this key, if the node is a mapping that contains the key.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.kind {
            Kind::Mapping(entries) => entries.iter().find(|entry| entry.key == key),
            _ => None,
        }
    }

    /// Returns the item at this index, or `None` if the node is not a list or has too few items.
    pub(crate) fn item(&self, index: usize) -> Option<&Self> {
        match &self.kind {
            Kind::Sequence(items) => items.get(index),
            _ => None,
        }
    }

    /// Describes the node's type for messages to authors, such as "a mapping" or "the number `3`".
    pub(crate) fn described(&self) -> String {
        match &self.kind {
            Kind::Null => "empty".to_owned(),
            Kind::Bool(b) => format!("the boolean `{b}`"),
            Kind::Number(n) => format!("the number `{n}`"),
            Kind::Text(_) => "a string".to_owned(),
            Kind::Sequence(_) => "a list".to_owned(),
            Kind::Mapping(_) => "a mapping".to_owned(),
        }
    }
}
