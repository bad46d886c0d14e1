//! Where a method sends its requests: environments and base URLs.

use crate::key::Key;
use crate::source::Span;
use crate::template::Template;

/// A separate deployment of the provider's product.
#[derive(Clone, Debug)]
pub struct Environment {
    /// The key, unique within the method.
    pub key: Key,
    /// The environment's display name.
    pub label: String,
    /// The environment's host, or the parent domain of its hosts.
    pub host: String,
    /// A sentence that helps people recognize the environment.
    pub description: Option<String>,
    /// Additional values, by name. All of a method's environments define the same names.
    pub values: Vec<(Key, String)>,
    /// The field whose value identifies this environment, and the prefixes of the identifying values.
    pub told_by: Option<(Key, Vec<String>)>,
    /// The location in the source.
    pub span: Span,
}

impl Environment {
    /// Returns the additional value with this name, if there is one.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(key, _)| *key == *name).map(|(_, text)| text.as_str())
    }

    /// Returns whether a field's value identifies this environment.
    pub fn is_told_by(&self, field: &Key, value: &str) -> bool {
        self.told_by.as_ref().is_some_and(|(key, prefixes)| {
            key == field && prefixes.iter().any(|prefix| value.starts_with(prefix.as_str()))
        })
    }
}

/// The URL to which request paths are appended. The URL's scheme is always `https`.
#[derive(Clone, Debug)]
pub struct BaseUrl {
    /// The host, which can contain references.
    pub host: Template,
    /// The port. `None` for 443.
    pub port: Option<u16>,
    /// The path without a trailing slash, which can contain references.
    pub path: Template,
    /// The location in the source.
    pub span: Span,
}
