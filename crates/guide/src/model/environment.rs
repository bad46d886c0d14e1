//! Where a method sends its requests: environments and base addresses.

use crate::key::Key;
use crate::source::Span;
use crate::template::Template;

/// A deployment of the provider.
#[derive(Clone, Debug)]
pub struct Environment {
    /// The key.
    pub key: Key,
    /// What it is called.
    pub label: String,
    /// The end of its host names.
    pub host: String,
    /// A sentence that helps to recognize it.
    pub description: Option<String>,
    /// Further columns of the table, by name.
    pub values: Vec<(Key, String)>,
    /// The field whose value tells it, and how that begins.
    pub told_by: Option<(Key, Vec<String>)>,
    /// Where it stands.
    pub span: Span,
}

impl Environment {
    /// The text in another column of the table.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(key, _)| *key == *name).map(|(_, text)| text.as_str())
    }

    /// Whether a field's value tells that it is this one.
    pub fn is_told_by(&self, field: &Key, value: &str) -> bool {
        self.told_by.as_ref().is_some_and(|(key, prefixes)| {
            key == field && prefixes.iter().any(|prefix| value.starts_with(prefix.as_str()))
        })
    }
}

/// The address that request paths are appended to. Always https.
#[derive(Clone, Debug)]
pub struct BaseUrl {
    /// The host, with references.
    pub host: Template,
    /// The port, if it is not 443.
    pub port: Option<u16>,
    /// The path, with references, without a slash at the end.
    pub path: Template,
    /// Where it stands.
    pub span: Span,
}
