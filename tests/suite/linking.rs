//! Linking accounts with the built program, against the simulated provider, over real HTTP.

mod crash;
mod outcomes;
mod secrets;
mod terminal;
pub(crate) mod world;
mod wrapping;
