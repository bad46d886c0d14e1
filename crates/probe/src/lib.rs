//! What to ask a provider, and what its answer means.
//!
//! | noun | meaning |
//! |---|---|
//! | [`Request`], [`Answer`] | what is sent, and what comes back |
//! | [`Inputs`], [`Values`] | what requests are made from |
//! | [`Case`], [`Verdict`] | what an answer is judged by, and what it means |
//!
//! Pure: the same guide and values give the same request, and the same answer the same verdict. So a guide's
//! scenarios are this crate's tests, and the simulator is its mirror image.
#![warn(clippy::disallowed_methods, clippy::disallowed_types)]

mod encode;
mod message;
mod moment;
mod sign;

mod assertion;
mod authorize;
mod computed;
mod fill;
mod request;
mod through;

mod retry;

mod judge;
mod kept;
mod seen;
mod verdict;

pub use crate::authorize::{Authorize, authorize};
pub use crate::computed::computed;
pub use crate::fill::{FillError, Inputs, Problem, Values};
pub use crate::judge::{Case, different_account, judge, rule_for, wrong_environment};
pub use crate::kept::{holds_for, kept};
pub use crate::message::{Answer, Body, ClientCertificate, Header, Permit, Request, Response};
pub use crate::moment::Moment;
pub use crate::request::{host, host_fields, is_for, message, request};
pub use crate::retry::retry_after;
pub use crate::through::{Wanted, through};
pub use crate::verdict::{Identity, Verdict};
