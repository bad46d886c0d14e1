//! The Hub: connect sessions, linking pages, accounts and the wire protocol of StackOne's clients.
//!
//! **Invariant:** the only crate that knows the wire format; a handler holds no logic of linking, and no secret
//! leaves but through the one door that is made for it.

pub mod pages;
pub mod texts;
