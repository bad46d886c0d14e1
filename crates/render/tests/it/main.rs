//! Tests the content and the safety of pages through the crate's public API.

mod anatomy;
mod hostile;
mod media;
mod read;
mod safety;
mod scopes;
mod seed;
mod signing_in;
