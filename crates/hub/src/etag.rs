//! Entity tags: so that an answer that has not changed is not sent again.

use axum::http::HeaderMap;
use axum::http::header::IF_NONE_MATCH;
use sha2::{Digest as _, Sha256};

use crate::hex::hex;

/// The entity tag of a text, in quotes.
pub(crate) fn of(text: &str) -> String {
    format!("\"{}\"", hex(&Sha256::digest(text)[..16]))
}

/// Whether the client has the text with this tag already.
pub(crate) fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let texts = headers.get_all(IF_NONE_MATCH).into_iter().filter_map(|value| value.to_str().ok());
    let mut tags = texts.flat_map(|text| text.split(',')).map(|one| one.trim().trim_start_matches("W/"));
    tags.any(|one| one == "*" || one == tag)
}
