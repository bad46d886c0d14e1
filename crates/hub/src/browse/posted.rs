//! The fields of a submitted form.
//!
//! **Invariant:** every value is a [`Secret`] until a caller requests it as a public value.

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use guide::{Key, Method};
use secret::Secret;

use crate::pages::field_of;

/// The fields of a form, by name.
pub(super) struct Posted(Vec<(String, Secret)>);

impl Posted {
    /// Parses a request body; `None` if the content type is not `application/x-www-form-urlencoded`.
    pub(super) fn parse(headers: &HeaderMap, body: &Bytes) -> Option<Self> {
        let kind = headers.get(CONTENT_TYPE)?.to_str().ok()?;
        let kind = kind.split(';').next()?.trim();
        if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return None;
        }
        let pairs = url::form_urlencoded::parse(body);
        Some(Self(pairs.map(|(name, value)| (name.into_owned(), Secret::new(value.into_owned()))).collect()))
    }

    /// Returns the value of a public field that the page itself defines, or an empty string if the field is missing. If
    /// the field occurs more than once, returns the last value, because the value of the button that was pressed comes
    /// after an earlier choice.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.iter().rev().find(|(key, _)| key == name).map_or("", |(_, value)| value.expose())
    }

    /// Returns the values entered in the guide's fields.
    pub(super) fn typed(&self) -> Vec<(Key, Secret)> {
        self.0.iter().filter_map(|(name, value)| Some((field_of(name)?, value.clone()))).collect()
    }
}

/// Returns the values entered in non-secret fields. These values may be shown again.
pub(super) fn public_values(method: &Method, typed: &[(Key, Secret)]) -> Vec<(Key, String)> {
    let public = |key: &Key| method.field(key.as_str()).is_some_and(|field| !field.secret);
    let shown = typed.iter().filter(|(key, _)| public(key));
    shown.map(|(key, value)| (key.clone(), value.expose().to_owned())).collect()
}
