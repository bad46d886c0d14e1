//! Builds requests to a provider and judges the responses.
//!
//! | type | meaning |
//! |---|---|
//! | [`Request`], [`Answer`] | a request, and its result |
//! | [`Inputs`], [`Values`] | the values that requests are built from |
//! | [`Case`], [`Verdict`] | the context in which a response is judged, and the result |
//!
//! The crate is pure: the same guide and inputs give the same request, and the same response gives the same verdict.
//! For this reason, a guide's scenarios also test this crate. Its counterpart is the simulator, which stands in for the
//! provider.
#![warn(clippy::disallowed_methods, clippy::disallowed_types)]

mod encode;
mod message;
mod moment;
mod sign;

mod assertion;
mod authorize;
mod content;
mod denial;
mod derived;
mod draft;
mod fill;
mod inputs;
mod proxy;
mod proxy_path;
mod request;

mod retry;

mod case;
mod extract;
mod judge;
mod lenient;
mod matching;
mod parsed;
mod placeholders;
mod redaction;
mod verdict;
mod wording;

pub use crate::authorize::{AuthorizationRequest, AuthorizationUrl, authorization_url};
pub use crate::case::Case;
pub use crate::denial::denial;
pub use crate::derived::derived_values;
pub use crate::extract::{captures, token_lifetime};
pub use crate::fill::{FillError, Problem, fits_host};
pub use crate::inputs::{Inputs, Values};
pub use crate::judge::{different_account, judge, matching_rule, wrong_environment};
pub use crate::message::{Answer, Body, ClientCertificate, Header, Permit, Request, Response};
pub use crate::moment::Moment;
pub use crate::placeholders::Placeholders;
pub use crate::proxy::{ProxiedRequest, ProxyRequest, proxy_request};
pub use crate::proxy_path::{ProxyPath, ProxyPathError};
pub use crate::redaction::{identity_redactor, redactor};
pub use crate::request::{host, host_fields, matches_path, request};
pub use crate::verdict::{Identity, Verdict};
