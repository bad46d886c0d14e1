//! The Hub's log and metrics.
//!
//! **Invariant:** neither contains a value that a client sent, a path it requested, or a secret: requests are
//! identified by their route, and errors by their cause.

pub(crate) mod logs;
pub(crate) mod metrics;
