//! What pages say and how safely, from outside the crate.

mod anatomy;
mod hostile;
mod media;
mod read;
mod safety;
mod scopes;
mod seed;
