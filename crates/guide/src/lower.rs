//! Turns shapes into the model: looks up names, parses strings and finds contradictions.
//!
//! Lowering never stops at the first mistake. A part that cannot be interpreted is omitted from the result, and a
//! finding explains why.

mod address;
mod auth;
mod brand;
mod check;
mod condition;
mod derived;
mod exchange;
mod field;
mod guide;
mod label;
mod literal;
mod lowering;
mod method;
mod named;
mod pattern;
mod request_line;
mod scenario;
mod sendable;
mod sign_in;
mod walkthrough;

pub(crate) use self::brand::brand;
pub(crate) use self::guide::guide;
pub(crate) use self::lowering::Lowering;

#[cfg(test)]
mod tests;
