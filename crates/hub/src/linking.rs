//! Link attempts: a session's attempt, its flow, and what becomes of it.
//!
//! [`Links`] orchestrates: it begins attempts, takes them up again, runs their checks and stores their accounts. A
//! [`Linking`] is the attempt itself. It is made for one request and holds nothing that is not in the database before and
//! after it.
//!
//! **Invariant:** an account is stored once per attempt, and only what was seen to work; the transcript and the
//! texts for people hold no secret.

mod attempt;
mod check;
mod links;
mod problem;

pub(crate) use self::attempt::{Button, Entered, Linking};
pub(crate) use self::check::{check_and_keep, check_only};
pub(crate) use self::links::Links;
