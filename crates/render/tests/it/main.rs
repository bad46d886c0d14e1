//! The content of pages and their safety, tested through the crate's public API.

mod anatomy;
mod hostile;
mod media;
mod read;
mod safety;
mod scopes;
mod seed;
