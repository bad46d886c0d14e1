//! Accounts, and their credentials under seal.
//!
//! **Invariant:** the plaintext of a credential never reaches a table, a file, a log or an error; what is
//! acknowledged is durable; a crash at any point leaves an account wholly there or wholly absent.
//!
//! Every account has a data key of its own, wrapped by the vault's key, which lives outside of the database.
//! Account, credentials, audit row and outgoing event are one transaction. Time is always passed in.

mod account;
mod audit;
mod crash;
mod database;
mod draft;
mod envelope;
mod error;
mod file;
mod id;
mod key;
mod keys;
mod open;
mod outbox;
mod read;
mod rotate;
mod row;
mod schema;
mod seal;
mod source;
mod store;
mod work;

pub use crate::account::{Account, AccountState, CheckRecord, Credentials, Filter, NewAccount};
pub use crate::audit::AuditRow;
pub use crate::crash::crash_point;
pub use crate::draft::Draft;
pub use crate::error::{ChangeError, StoreError};
pub use crate::id::{AccountId, IdError};
pub use crate::key::{KeyError, KeyId};
pub use crate::open::{OpenError, Vault};
pub use crate::rotate::{RotateError, Rotated};
pub use crate::schema::SCHEMA_VERSION;
pub use crate::seal::SealError;
pub use crate::source::KeySource;
