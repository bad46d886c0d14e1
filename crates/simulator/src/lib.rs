//! A provider that answers as a guide's scenarios say.
//!
//! [`Script`] is the part that decides, and has no sockets; [`Simulator`] serves one on loopback over real HTTP.
//! What was given in a scenario is how the simulator knows which conversation it is in: it makes the request that
//! the guide would make, and compares.
//!
//! **Invariant:** it listens on loopback only, and is never in the path of a real link.

mod script;
mod server;

pub use crate::script::{Incoming, Line, Script};
pub use crate::server::Simulator;
