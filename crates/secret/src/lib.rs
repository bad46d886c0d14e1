//! Values that must not be shown.
//!
//! **Invariant:** a value cannot be printed. [`Secret`] implements neither `Display` nor `Serialize`, its `Debug`
//! output hides the text, and dropping it wipes the memory. [`Secret::expose`] is the only way to read the text, so
//! searching for `expose` finds all code that reads a secret.
//!
//! [`Redactor`] is the second line of defense: it removes known secrets, however they are encoded, from text that comes
//! from other sources.
#![warn(clippy::disallowed_methods, clippy::disallowed_types)]

mod percent;
mod redactor;
mod value;

pub use crate::percent::percent_encoded;
pub use crate::redactor::{Places, Redactor};
pub use crate::value::{Secret, SecretBytes};
