//! Entity tags, which save sending a response that has not changed.

use axum::http::HeaderMap;
use axum::http::header::IF_NONE_MATCH;
use sha2::{Digest as _, Sha256};

use crate::hex::hex;

/// Returns a text's entity tag, quotes included.
pub(crate) fn of(text: &str) -> String {
    format!("\"{}\"", hex(&Sha256::digest(text)[..16]))
}

/// Whether `If-None-Match` names this tag, so the client already has the text.
pub(crate) fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let texts = headers.get_all(IF_NONE_MATCH).into_iter().filter_map(|value| value.to_str().ok());
    let mut tags = texts.flat_map(|text| text.split(',')).map(|one| one.trim().trim_start_matches("W/"));
    tags.any(|one| one == "*" || one == tag)
}
