//! Link attempts: a session's attempt, its flow and its result.
//!
//! [`Links`] orchestrates: it begins attempts, takes them up again, runs their checks and stores their accounts. A
//! [`Linking`] is the attempt itself. It is made for one request and holds nothing that is not in the database before and
//! after it.
//!
//! **Invariant:** an attempt stores at most one account, and only with credentials that passed their checks; the
//! transcript and the messages for people contain no secret.

mod attempt;
mod check;
mod handed_steps;
mod links;
mod problem;

pub(crate) use self::attempt::{Button, Entered, Linking};
pub(crate) use self::check::{check_and_keep, check_only};
pub(crate) use self::links::Links;
