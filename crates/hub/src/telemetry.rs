//! What the Hub says about itself: lines of a log, and numbers.
//!
//! **Invariant:** neither holds a value that a client sent, an address it asked for, or a secret: paths are told by
//! their route, errors by their facts.

pub(crate) mod logs;
pub(crate) mod metrics;
