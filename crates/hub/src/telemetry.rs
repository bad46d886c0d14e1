//! The Hub's log and metrics.
//!
//! **Invariant:** the log and the metrics never contain a value that a client sent, a path that it requested, or a
//! secret. Requests are identified by their route, and errors by their cause.

mod handles;
pub(crate) mod logs;
pub(crate) mod metrics;
