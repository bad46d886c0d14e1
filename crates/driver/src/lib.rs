//! Runs a flow: sends its requests over the network and stores the verified account in the vault.
//!
//! A [`link::Flow`] decides what to do next but performs no I/O. [`run()`] sends the flow's requests over a
//! [`Transport`], waits when the flow requires it, and reports to an [`Observer`], which can end the run. The terminal,
//! the Hub, scenarios and tests differ only in the transport and observer that they use. The other modules convert
//! between a flow's values and the values stored in the vault.
//!
//! **Invariants:** a flow has at most one request in progress; renewed tokens are stored before another request uses
//! them; a transcript contains no request headers, request bodies or query values, and no response data except the
//! status, content type and size, and a redacted excerpt if the flow fails.

mod observer;
mod relink;
mod renewal;
mod run;
mod store;
mod stored;
mod transcript;
mod transport;
mod verification;

pub use crate::observer::{Exchange, Observer};
pub use crate::relink::{purpose, relink};
pub use crate::renewal::{TokenKeeper, keeps_tokens};
pub use crate::run::{confirm, run};
pub use crate::store::{NewLink, new_account};
pub use crate::stored::{
    Tokens, is_field_name, secrets_to_hide, stored_secrets, stored_tokens, stored_values, values,
};
pub use crate::transcript::{record, record_denial};
pub use crate::transport::{Transport, moment};
pub use crate::verification::Verification;
