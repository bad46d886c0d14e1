//! What goes over the wire, and how it is read: errors, bodies, queries.
//!
//! **Invariant:** whatever goes wrong, a client of the API is answered in one shape.

pub(crate) mod error;
mod extract;

#[allow(unused_imports, reason = "for the handlers of the API, which are being written")]
pub(crate) use self::extract::{Json, Query, Segments};
