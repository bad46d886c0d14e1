//! One person's attempt to link one account, as a state machine.
//!
//! A driver reports events to a [`Flow`] (`choose_environment`, `submit`, `answered`, `elapsed`, `confirm`, `stored`),
//! performs the effects that [`Flow::poll`] returns, and shows the current [`Flow::stage`]. The terminal, the Hub and
//! tests drive flows.
//!
//! **Invariants:** a flow never waits and never reads the clock. Credentials are never stored before they have passed
//! the checks. Late responses are ignored. A flow's snapshot contains no stored secret.
#![warn(clippy::disallowed_methods, clippy::disallowed_types)]

mod effect;
mod elsewhere;
mod external;
mod flow;
mod others;
mod renew;
mod snapshot;
mod stage;
mod state;
mod supply;
mod verify;
mod walk;

pub use crate::effect::{Effect, Linked};
pub use crate::flow::{Flow, Purpose, Start};
pub use crate::snapshot::RestoreError;
pub use crate::stage::{Offer, Stage, StepView};
pub use crate::state::{Advice, CheckReport, CheckState, FieldProblem};
