//! One person's attempt to connect one account: a state machine.
//!
//! A [`Flow`] is told what happened (`choose_…`, `submit`, `answered`, `elapsed`, `confirm`, `stored`) and says
//! what to do ([`Flow::poll`]) and what to show ([`Flow::stage`]). Terminal, Hub and tests are drivers of it.
//!
//! **Invariants:** the flow never waits and never asks for the time; nothing is stored that was not seen to work;
//! a late answer is an answer to a question no one is asking.
#![warn(clippy::disallowed_methods, clippy::disallowed_types)]

mod effect;
mod flow;
mod outside;
mod renew;
mod snapshot;
mod stage;
mod state;
mod verify;
mod walk;

pub use crate::effect::{Effect, Linked};
pub use crate::flow::{Flow, Purpose, Start};
pub use crate::snapshot::RestoreError;
pub use crate::stage::{Offer, Stage, StepView};
pub use crate::state::{CheckReport, CheckState, FieldProblem};
