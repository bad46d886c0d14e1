//! The fields of a submitted form.
//!
//! **Invariant:** every value is a [`Secret`] until a caller asks for a value that is public.

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use guide::{Key, Method};
use secret::Secret;

use crate::pages::field_of;

/// The fields of a form, by name.
pub(super) struct Posted(Vec<(String, Secret)>);

impl Posted {
    /// Parses a body; `None` if it does not have a form's content type.
    pub(super) fn parse(headers: &HeaderMap, body: &Bytes) -> Option<Self> {
        let kind = headers.get(CONTENT_TYPE)?.to_str().ok()?;
        let kind = kind.split(';').next()?.trim();
        if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return None;
        }
        let pairs = url::form_urlencoded::parse(body);
        Some(Self(pairs.map(|(name, value)| (name.into_owned(), Secret::new(value.into_owned()))).collect()))
    }

    /// Returns the value of a public field that the page itself defines; empty if it is missing. If there are several
    /// values, the last one counts, because the value of the pressed button comes after an earlier choice.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.iter().rev().find(|(key, _)| key == name).map_or("", |(_, value)| value.expose())
    }

    /// Returns the values entered in the guide's fields.
    pub(super) fn typed(&self) -> Vec<(Key, Secret)> {
        self.0.iter().filter_map(|(name, value)| Some((field_of(name)?, value.clone()))).collect()
    }
}

/// Returns the entered values of fields that are not secret, which may be shown again.
pub(super) fn public_values(method: &Method, typed: &[(Key, Secret)]) -> Vec<(Key, String)> {
    let public = |key: &Key| method.field(key.as_str()).is_some_and(|field| !field.secret);
    let shown = typed.iter().filter(|(key, _)| public(key));
    shown.map(|(key, value)| (key.clone(), value.expose().to_owned())).collect()
}
