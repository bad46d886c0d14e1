//! The connection-guide language: text to guide and findings, with positions.
#![warn(clippy::disallowed_methods, clippy::disallowed_types)]

mod host;
mod http;

pub use crate::host::{HostPattern, HostPatternError, is_label};
pub use crate::http::{Fault, Verb};
