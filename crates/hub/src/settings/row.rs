//! The rows of the table: how required, optional and repeated values are resolved and shown.

use std::marker::PhantomData;

use serde_json::{Value, json};

use super::kind::Kind;
use super::resolver::Resolver;
use super::setting::{Set, SetBy, Syntax};

/// A row's type: what resolving it gives.
pub(crate) trait Row {
    /// The resolved value.
    type Value;
    /// Where it can be set, and how its text is split.
    const SYNTAX: Syntax;
    /// Stands for the value in `--help`.
    const PLACEHOLDER: &'static str;
    /// The JSON Schema of the value in the settings file.
    fn schema() -> Value;
    /// Takes the value from the source with the highest precedence, and reports values that cannot be used.
    fn resolve(resolver: &mut Resolver<'_>, key: &'static str) -> Set<Self::Value>;
    /// The value as text, where it differs from the default's words.
    fn show(value: &Self::Value) -> Option<String>;
}

/// A value that always exists: the default is a value, too.
#[derive(Debug)]
pub(crate) struct Required<K>(PhantomData<K>);

/// A value that may be missing.
#[derive(Debug)]
pub(crate) struct Optional<K>(PhantomData<K>);

/// Any number of values.
#[derive(Debug)]
pub(crate) struct List<K>(PhantomData<K>);

impl<K: Kind> Row for Required<K> {
    type Value = K::Value;
    const SYNTAX: Syntax = K::SYNTAX;
    const PLACEHOLDER: &'static str = K::PLACEHOLDER;

    fn schema() -> Value {
        K::schema()
    }

    fn resolve(resolver: &mut Resolver<'_>, key: &'static str) -> Set<K::Value> {
        let Set { value, set_by } = Optional::<K>::resolve(resolver, key);
        let value = value.unwrap_or_else(|| {
            K::parse(resolver.setting(key).default)
                .expect("a test parses the default of every required setting")
        });
        Set { value, set_by }
    }

    fn show(value: &K::Value) -> Option<String> {
        Some(K::show(value))
    }
}

impl<K: Kind> Row for Optional<K> {
    type Value = Option<K::Value>;
    const SYNTAX: Syntax = K::SYNTAX;
    const PLACEHOLDER: &'static str = K::PLACEHOLDER;

    fn schema() -> Value {
        K::schema()
    }

    fn resolve(resolver: &mut Resolver<'_>, key: &'static str) -> Set<Option<K::Value>> {
        List::<K>::resolve(resolver, key).map(|values| values.into_iter().next())
    }

    fn show(value: &Option<K::Value>) -> Option<String> {
        value.as_ref().map(K::show)
    }
}

impl<K: Kind> Row for List<K> {
    type Value = Vec<K::Value>;
    const SYNTAX: Syntax = match K::SYNTAX {
        Syntax::Single => Syntax::List,
        other => other,
    };
    const PLACEHOLDER: &'static str = K::PLACEHOLDER;

    fn schema() -> Value {
        json!({ "type": "array", "items": K::schema() })
    }

    fn resolve(resolver: &mut Resolver<'_>, key: &'static str) -> Set<Vec<K::Value>> {
        let Some(chosen) = resolver.chosen(key) else {
            return Set { value: Vec::new(), set_by: SetBy::Default };
        };
        let folder = chosen.folder();
        let mut values = Vec::new();
        for (index, text) in chosen.texts.iter().enumerate() {
            match K::parse(text) {
                Ok(value) => values.push(match &folder {
                    Some(folder) => K::in_folder(value, folder),
                    None => value,
                }),
                Err(expected) => resolver.not_a_value(key, &chosen, index, &expected),
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
    /// The rows with their values, for `serve --check`.
    fn lines(&self) -> Vec<Line>;
}

/// A setting as `serve --check` shows it.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// The setting's key.
    pub key: &'static str,
    /// The value, without secrets.
    pub value: String,
    /// The source that set it.
    pub set_by: SetBy,
}

impl Line {
    /// The line as JSON.
    pub fn to_json(&self) -> Value {
        json!({ "key": self.key, "value": self.value, "from": self.set_by.to_string() })
    }
}

/// The line of a row, with the default's words where there is no value.
pub(super) fn line<R: Row>(key: &'static str, default: &str, set: &Set<R::Value>) -> Line {
    let value = R::show(&set.value).unwrap_or_else(|| default.replace('`', ""));
    Line { key, value, set_by: set.set_by.clone() }
}
