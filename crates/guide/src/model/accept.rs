//! The steps that normalize an entered value.

use std::borrow::Cow;

use crate::json::Json;
use crate::json_path::JsonPath;
use crate::key::Key;
use crate::model::environment::Environment;
use crate::model::pasted::{after_scheme, host_of, is_blank_char, label_and_slash, label_before};

/// A normalization step for an entered value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accept {
    /// Removes leading and trailing whitespace and invisible characters.
    Trim,
    /// Converts letters to lowercase.
    Lowercase,
    /// Converts letters to uppercase.
    Uppercase,
    /// Removes every character that is not a digit.
    Digits,
    /// Extracts from a URL the labels before an environment's host. Any environment's host matches.
    LabelOfEnvironment,
    /// Extracts from a URL the labels before this host.
    LabelOf(String),
    /// Extracts the host from a URL.
    Host,
    /// Extracts from a URL the path segment at this position, counted from 1.
    PathSegment(usize),
    /// Removes this prefix.
    StripPrefix(String),
    /// Removes this suffix.
    StripSuffix(String),
    /// Extracts the part before the first occurrence of this string.
    BeforeFirst(String),
    /// Extracts the part after the last occurrence of this string.
    AfterLast(String),
    /// Extracts the string or number at this path from JSON.
    Json(JsonPath),
}

impl Accept {
    /// Applies the step to a value. If the step finds the environment that the value belongs to, sets `environment`.
    pub(super) fn apply<'v>(
        &self,
        value: Cow<'v, str>,
        environments: &[Environment],
        environment: &mut Option<Key>,
    ) -> Cow<'v, str> {
        match self {
            Self::Trim => cut(value, |text| Some(text.trim_matches(is_blank_char))),
            Self::Lowercase => Cow::Owned(value.to_lowercase()),
            Self::Uppercase => Cow::Owned(value.to_uppercase()),
            Self::Digits => Cow::Owned(value.chars().filter(char::is_ascii_digit).collect()),
            Self::LabelOf(host) => {
                cut(value, |text| label_before(host_of(text), host).or_else(|| label_and_slash(text)))
            }
            Self::LabelOfEnvironment => {
                let found =
                    environments.iter().find(|one| label_before(host_of(&value), &one.host).is_some());
                match found {
                    Some(one) => {
                        *environment = Some(one.key.clone());
                        cut(value, |text| label_before(host_of(text), &one.host))
                    }
                    None => value,
                }
            }
            Self::Host => cut(value, |text| Some(host_of(text)).filter(|host| host.contains('.'))),
            Self::PathSegment(n) => cut(value, |text| {
                let rest = after_scheme(text);
                let mut parts = rest.split(['?', '#']).next()?.split('/');
                // Without a scheme, the first part is a host only if it contains a dot.
                parts.next().filter(|host| rest.len() < text.len() || host.contains('.'))?;
                parts.nth(n.checked_sub(1)?).filter(|segment| !segment.is_empty())
            }),
            Self::StripPrefix(prefix) => cut(value, |text| text.strip_prefix(prefix.as_str())),
            Self::StripSuffix(suffix) => cut(value, |text| text.strip_suffix(suffix.as_str())),
            Self::BeforeFirst(mark) => {
                cut(value, |text| text.split_once(mark.as_str()).map(|(front, _)| front))
            }
            Self::AfterLast(mark) => cut(value, |text| text.rsplit_once(mark.as_str()).map(|(_, back)| back)),
            Self::Json(path) => {
                let json = Json::parse(&value);
                let found = json.as_ref().and_then(|json| path.find(json));
                let text = found.filter(|found| matches!(found, Json::String(_) | Json::Number(_)));
                text.and_then(Json::text).map_or(value, Cow::Owned)
            }
        }
    }
}

/// Applies an extraction step. If the step finds nothing to extract, the value remains unchanged.
fn cut(value: Cow<'_, str>, extract: impl Fn(&str) -> Option<&str>) -> Cow<'_, str> {
    match value {
        Cow::Borrowed(text) => Cow::Borrowed(extract(text).unwrap_or(text)),
        Cow::Owned(text) => match extract(&text) {
            Some(part) => Cow::Owned(part.to_owned()),
            None => Cow::Owned(text),
        },
    }
}
