//! Entity tags, which let a client reuse a response that has not changed.

use axum::http::HeaderMap;
use axum::http::header::IF_NONE_MATCH;
use sha2::{Digest as _, Sha256};

/// Returns the entity tag for a string, including the quotes.
pub(crate) fn of(text: &str) -> String {
    format!("\"{}\"", hex::encode(&Sha256::digest(text)[..16]))
}

/// Whether `If-None-Match` contains this tag, which means that the client already has the response.
pub(crate) fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let texts = headers.get_all(IF_NONE_MATCH).into_iter().filter_map(|value| value.to_str().ok());
    let mut tags = texts.flat_map(|text| text.split(',')).map(|one| one.trim().trim_start_matches("W/"));
    tags.any(|one| one == "*" || one == tag)
}
