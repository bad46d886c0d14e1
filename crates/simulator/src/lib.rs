//! A local stand-in for a provider that responds as a guide's scenarios specify.
//!
//! [`Script`] decides how to respond to a request but performs no I/O; [`Simulator`] serves a script on loopback over
//! real HTTP. To find the scenario for a request, the script builds the request that the guide would send with each
//! scenario's credentials and compares it with the request that it received.
//!
//! **Invariant:** the simulator listens on loopback only, and it is never used to link a real account.

mod conversation;
mod exchange;
mod script;
mod sent;
mod server;
mod sign_in;

pub use crate::exchange::{Incoming, LogLine};
pub use crate::script::Script;
pub use crate::server::Simulator;
