//! What to ask a provider, and what its answer means.
#![warn(clippy::disallowed_methods, clippy::disallowed_types)]

mod encode;
mod message;

pub use crate::message::{Answer, Body, Header, Permit, Request, Response};
