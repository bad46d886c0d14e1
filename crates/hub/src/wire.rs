//! The types of the API's requests and responses, and the extractors that read them.
//!
//! **Invariant:** every error response has the same shape.

pub(crate) mod account;
pub(crate) mod actions;
pub(crate) mod connector;
pub(crate) mod cursor;
pub(crate) mod error;
mod extract;
pub(crate) mod sdk;
pub(crate) mod session;
mod text;

use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer};

pub(crate) use self::extract::{Json, Path, Path as Segments, Query, number, parameters, refuse_unknown};
pub(crate) use self::text::{display_name, short_text};

/// A handler's JSON response, or its error.
pub(crate) type Reply<T> = Result<axum::Json<T>, error::ApiError>;

/// A handler's response without a body, or its error.
pub(crate) type StatusReply = Result<StatusCode, error::ApiError>;

/// Formats a time as the API does: RFC 3339 in UTC with milliseconds.
pub(crate) fn stamp(time: Timestamp) -> String {
    format!("{time:.3}")
}

/// Deserializes a member so that `None` means that the member is missing, and `Some(Value::Null)` means that it is
/// null.
pub(crate) fn present<'de, D: Deserializer<'de>>(from: D) -> Result<Option<serde_json::Value>, D::Error> {
    serde_json::Value::deserialize(from).map(Some)
}
