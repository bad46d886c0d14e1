//! The Hub: connect sessions, linking pages, accounts and the wire protocol for StackOne's clients.
//!
//! **Invariant:** this is the only crate that handles the wire format. Handlers contain no linking logic. Secrets leave
//! the Hub only through the credentials endpoint and in requests to their provider.
//!
//! Start reading at `serve.rs`: it builds an `App` from the settings, wraps the routes from `router.rs` in the layers
//! from `layers.rs`, and finishes requests in progress before it stops.

pub mod pages;
mod permission;
pub mod serve;
pub mod settings;
pub mod texts;

mod client;
mod connection;
mod etag;
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
mod key_uses;
mod leases;
mod limits;
mod linking;
mod proxy;
mod ready_accounts;
mod recent;
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
