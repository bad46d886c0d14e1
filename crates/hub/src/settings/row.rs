//! The rows of the table: how required, optional and repeated values are resolved and shown.

use std::marker::PhantomData;

use serde_json::{Value, json};

use super::kind::Kind;
use super::mask;
use super::resolver::Resolver;
use super::setting::{Set, SetBy, Syntax};

/// The type of a row: whether a setting has one value, may have no value, or is a list.
pub(crate) trait Row {
    /// The kind of each value.
    type Kind: Kind;
    /// The resolved value.
    type Value;
    /// Where the setting can be set, and how its text is split.
    const SYNTAX: Syntax = Self::Kind::SYNTAX;
    /// The placeholder for the value in `--help`.
    const PLACEHOLDER: &'static str = Self::Kind::PLACEHOLDER;
    /// Returns the JSON Schema for the value in the settings file.
    fn schema() -> Value {
        Self::Kind::schema()
    }
    /// Reads the value from the source with the highest precedence, and reports invalid values.
    fn resolve(resolver: &mut Resolver<'_>, key: &'static str) -> Set<Self::Value>;
    /// Formats the value as text. Returns `None` if there is no value, so that the description of the default is shown.
    fn show(value: &Self::Value) -> Option<String>;
}

/// A setting that always has a value, because its default is a value.
#[derive(Debug)]
pub(crate) struct Required<K>(PhantomData<K>);

/// A setting that may have no value.
#[derive(Debug)]
pub(crate) struct Optional<K>(PhantomData<K>);

/// A setting with any number of values.
#[derive(Debug)]
pub(crate) struct List<K>(PhantomData<K>);

impl<K: Kind> Row for Required<K> {
    type Kind = K;
    type Value = K::Value;

    fn resolve(resolver: &mut Resolver<'_>, key: &'static str) -> Set<K::Value> {
        let default = resolver.setting(key).default;
        Optional::<K>::resolve(resolver, key).map(|value| {
            value.unwrap_or_else(|| {
                K::parse(default).expect("a test parses the default of every required setting")
            })
        })
    }

    fn show(value: &K::Value) -> Option<String> {
        Some(K::show(value))
    }
}

impl<K: Kind> Row for Optional<K> {
    type Kind = K;
    type Value = Option<K::Value>;

    fn resolve(resolver: &mut Resolver<'_>, key: &'static str) -> Set<Option<K::Value>> {
        List::<K>::resolve(resolver, key).map(|values| values.into_iter().next())
    }

    fn show(value: &Option<K::Value>) -> Option<String> {
        value.as_ref().map(K::show)
    }
}

impl<K: Kind> Row for List<K> {
    type Kind = K;
    type Value = Vec<K::Value>;
    const SYNTAX: Syntax = match K::SYNTAX {
        Syntax::Single => Syntax::List,
        other => other,
    };

    fn schema() -> Value {
        json!({ "type": "array", "items": K::schema() })
    }

    fn resolve(resolver: &mut Resolver<'_>, key: &'static str) -> Set<Vec<K::Value>> {
        let Some(chosen) = resolver.chosen(key) else {
            return Set { value: Vec::new(), set_by: SetBy::Default };
        };
        let mut values = Vec::new();
        for (index, text) in chosen.texts.iter().enumerate() {
            // Otherwise, messages would show the vault's key as the path of a file, for example.
            if mask::is_key(text) && K::SYNTAX != Syntax::VariableOnly {
                resolver.misplaced_key(key, &chosen, index);
                continue;
            }
            match (K::parse(text), chosen.folder()) {
                (Ok(value), Some(folder)) => values.push(K::in_folder(value, folder)),
                (Ok(value), None) => values.push(value),
                (Err(expected), _) => resolver.not_a_value(key, &chosen, index, &expected),
            }
        }
        Set { value: values, set_by: chosen.set_by }
    }

    fn show(values: &Vec<K::Value>) -> Option<String> {
        let shown: Vec<String> = values.iter().map(K::show).collect();
        (!shown.is_empty()).then(|| shown.join(", "))
    }
}

/// A group of rows.
pub(crate) trait Group {
    /// Resolves every row.
    fn resolve(resolver: &mut Resolver<'_>) -> Self;
    /// Returns the rows with their values, for `serve --check`.
    fn lines(&self) -> Vec<Line>;
}

/// A setting as `serve --check` shows it.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// The setting's key.
    pub key: &'static str,
    /// The value, without secrets.
    pub value: String,
    /// The source that set the value.
    pub set_by: SetBy,
}

impl Line {
    /// Returns the line as JSON.
    pub fn to_json(&self) -> Value {
        json!({ "key": self.key, "value": self.value, "from": self.set_by.to_string() })
    }
}

/// Returns the line for a row. If there is no value, the line shows the default's description.
pub(super) fn line<R: Row>(key: &'static str, default: &str, set: &Set<R::Value>) -> Line {
    let value = R::show(&set.value).unwrap_or_else(|| default.replace('`', ""));
    Line { key, value, set_by: set.set_by.clone() }
}
