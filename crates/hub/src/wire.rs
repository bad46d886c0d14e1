//! The types of the API's requests and responses, and the extractors that read them.
//!
//! **Invariant:** every error response has the same shape.

pub(crate) mod account;
pub(crate) mod actions;
pub(crate) mod connector;
pub(crate) mod error;
mod extract;
pub(crate) mod session;
mod text;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};

pub(crate) use self::extract::{Json, Query, Segments, has_nul};
pub(crate) use self::text::short_text;

/// Formats a time as the API does: RFC 3339 in UTC with milliseconds.
pub(crate) fn stamp(time: Timestamp) -> String {
    format!("{time:.3}")
}

/// Tells a member that is missing (`None`) from one that is null (`Some(Value::Null)`).
pub(crate) fn present<'de, D: Deserializer<'de>>(from: D) -> Result<Option<serde_json::Value>, D::Error> {
    serde_json::Value::deserialize(from).map(Some)
}
