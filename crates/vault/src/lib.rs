//! Accounts, and their credentials under seal.
//!
//! **Invariant:** the plaintext of a credential never reaches a table, a file, a log or an error; what is
//! acknowledged is durable; a crash at any point leaves an account wholly there or wholly absent.
//!
//! Every account has a data key of its own, wrapped by the vault's key, which lives outside of the database.
//! Account, credentials, audit row and outgoing event are one transaction. Time is always passed in.

mod account;
mod account_change;
mod attempt;
mod audit;
mod backup;
mod browser;
mod connector_profile;
mod counter;
mod crash;
mod database;
mod draft;
mod envelope;
mod error;
mod file;
mod guide_text;
mod handoff;
mod id;
mod idempotency;
mod key;
mod keys;
mod lease;
mod many;
mod open;
mod outbox;
mod project;
mod prove;
mod read;
mod rotate;
mod row;
mod schema;
mod seal;
mod session;
mod sign_in;
mod source;
mod store;
mod token;
mod work;
mod write;

pub use crate::account::{
    Account, AccountState, CheckRecord, Credentials, Filter, Hold, Home, Kind, NewAccount, Owner, Query,
};
pub use crate::account_change::AccountChange;
pub use crate::attempt::{Attempt, AttemptState};
pub use crate::audit::AuditRow;
pub use crate::backup::{BackupError, Restored, restore};
pub use crate::browser::{Browser, Showing};
pub use crate::connector_profile::{ConnectorProfile, NewConnectorProfile};
pub use crate::counter::Limit;
pub use crate::crash::crash_point;
pub use crate::database::without_password;
pub use crate::draft::Draft;
pub use crate::error::{ChangeError, StoreError};
pub use crate::handoff::Handoff;
pub use crate::id::{AccountId, IdError};
pub use crate::idempotency::Once;
pub use crate::key::{KeyError, KeyId};
pub use crate::open::{OpenError, Vault};
pub use crate::outbox::Event;
pub use crate::project::{ApiKey, Project};
pub use crate::prove::Proof;
pub use crate::rotate::{RotateError, Rotated};
pub use crate::schema::SCHEMA_VERSION;
pub use crate::seal::SealError;
pub use crate::session::{NewSession, Session};
pub use crate::sign_in::{SignIn, SignInState};
pub use crate::source::KeySource;
pub use crate::store::{CreatedFrom, Replacing};
pub use crate::token::{Digest, Token};
