//! The Hub: connect sessions, linking pages, accounts and the wire protocol of StackOne's clients.
//!
//! **Invariant:** the only crate that knows the wire format; a handler holds no logic of linking, and no secret
//! leaves but through the one door that is made for it.
//!
//! Start reading at `serve.rs`: settings become an `App`, the routes of `router.rs` are put into the layers of
//! `layers.rs`, and what is under way is finished before the end.

pub mod pages;
pub mod settings;
pub mod texts;

mod app;
mod editions;
mod guides;
mod serve;
mod telemetry;

mod layers;
mod lease;
mod wire;

mod access;
mod connectors;
mod limits;
mod linking;
mod proxy;
mod renewals;
mod sign_in;
mod status;
mod upkeep;
mod web_origin;
mod widget;

mod api;
mod browse;
mod embed;
mod health;
mod router;

#[cfg(test)]
mod testing;

pub use crate::access::{Scope, name};
pub use crate::api::openapi;
pub use crate::app::App;
pub use crate::serve::{Ended, ServeError, Started, TlsError, open_vault, serve};
pub use crate::status::table as account_states;
pub use crate::telemetry::metrics::METRICS;
pub use crate::wire::error::error_codes;
