//! What a form holds.
//!
//! **Invariant:** every value is a [`Secret`] until somebody asks for one that may be seen.

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use guide::{Key, Method};
use secret::Secret;

use crate::pages::field_of;

/// The fields of a form, by name.
pub(super) struct Posted(Vec<(String, Secret)>);

impl Posted {
    /// The fields of a body, if it is a form.
    pub(super) fn parse(headers: &HeaderMap, body: &Bytes) -> Option<Self> {
        let kind = headers.get(CONTENT_TYPE)?.to_str().ok()?;
        let kind = kind.split(';').next()?.trim();
        if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return None;
        }
        let pairs = url::form_urlencoded::parse(body);
        Some(Self(pairs.map(|(name, value)| (name.into_owned(), Secret::new(value.into_owned()))).collect()))
    }

    /// A field of the page's own, which is no secret. The last counts: a button that chooses something comes after
    /// what was chosen before.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.iter().rev().find(|(key, _)| key == name).map_or("", |(_, value)| value.expose())
    }

    /// What was typed into the fields of the guide.
    pub(super) fn typed(&self) -> Vec<(Key, Secret)> {
        self.0.iter().filter_map(|(name, value)| Some((field_of(name)?, value.clone()))).collect()
    }
}

/// Of what was typed, what may be shown again.
pub(super) fn shown(method: &Method, typed: &[(Key, Secret)]) -> Vec<(Key, String)> {
    let public = |key: &Key| method.field(key.as_str()).is_some_and(|field| !field.secret);
    let shown = typed.iter().filter(|(key, _)| public(key));
    shown.map(|(key, value)| (key.clone(), value.expose().to_owned())).collect()
}
