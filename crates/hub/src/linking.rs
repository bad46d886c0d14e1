//! Link attempts: a session's attempt, its flow and its result.
//!
//! [`Links`] begins and resumes attempts, runs their checks and stores their accounts. A [`Linking`] is an attempt that
//! is loaded for the duration of a request. Between requests, the attempt's state is stored only in the database.
//!
//! **Invariant:** an attempt stores at most one account, and only with credentials that passed their checks. The
//! transcript and the messages for people contain no secrets.

mod attempt;
mod attempt_flow;
mod check;
mod handed_steps;
mod links;
mod problem;

pub(crate) use self::attempt::{Entered, Linking};
pub(crate) use self::check::{CheckSender, check_and_keep, check_only};
pub(crate) use self::handed_steps::{Added, HelperFlow, HelperValues};
pub(crate) use self::links::Links;
