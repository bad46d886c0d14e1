//! The Hub: connect sessions, linking pages, accounts and the wire protocol of StackOne's clients.
//!
//! **Invariant:** the only crate that knows the wire format; a handler holds no logic of linking, and no secret
//! leaves but through the one door that is made for it.
//!
//! Start reading at `serve.rs`: settings become an `App`, the routes of `router.rs` are put into the layers of
//! `layers.rs`, and what is under way is finished before the end.

pub mod pages;
pub mod serve;
pub mod settings;
pub mod texts;

mod client;
mod etag;
mod hex;
mod request_id;
mod status;
mod tasks;
mod telemetry;
mod wire;

mod account_flows;
mod caller;
mod connectors;
mod editions;
mod guides;
mod leases;
mod limits;
mod linking;
mod proxy;
mod renewals;
mod session_accounts;
mod sign_ins;
mod upkeep;
mod verifier;
mod web_origin;
mod widget;

mod access;
mod api;
mod app;
mod browse;
mod embed;
mod health;
mod layers;
mod router;

pub use crate::api::openapi;
pub use crate::serve::{open_vault, serve};
pub use crate::status::table as account_states;
pub use crate::telemetry::metrics::METRICS;
pub use crate::wire::error::error_codes;
