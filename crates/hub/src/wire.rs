//! What goes over the wire, and how it is read: errors, bodies, queries.
//!
//! **Invariant:** whatever goes wrong, a client of the API is answered in one shape.

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

/// A time, as clients read it.
pub(crate) fn stamp(time: Timestamp) -> String {
    format!("{time:.3}")
}

/// For a member that may be left out, or null: two different things.
pub(crate) fn present<'de, D: Deserializer<'de>>(from: D) -> Result<Option<serde_json::Value>, D::Error> {
    serde_json::Value::deserialize(from).map(Some)
}
