//! The vault contains everything that Waystone stores: accounts with their sealed credentials and other sealed data,
//! projects and API keys, sessions, link attempts, sign-ins, guide editions, counters, the audit trail and the outbox.
//!
//! **Invariant:** a credential's plaintext never reaches a table, a file, a log or an error. Acknowledged changes are
//! durable. After a crash at any point, an account is either complete or absent.
//!
//! Every account has its own data key. The data key is wrapped under the vault's key, which is kept outside the
//! database. An account, its credentials, its audit entry and its event are written in one transaction. A [`Vault`]
//! reads data, and its [`Writer`] makes changes. Callers supply the current time.

mod account;
mod account_change;
mod api_key;
mod attempt;
mod attempt_end;
mod audit;
mod backup;
mod browser;
mod by;
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
mod health;
mod id;
mod idempotency;
mod key;
mod key_file;
mod keys;
mod lease;
mod name;
mod new_file;
mod open;
mod outbox;
mod permit;
mod project;
mod prove;
mod prune;
mod read;
mod refusal;
mod rotate;
mod row;
mod schema;
mod scope;
mod seal;
mod sealed;
mod sealed_account;
mod session;
mod session_end;
mod sign_in;
mod source;
mod store;
mod token;
mod unavailable;
mod use_recorder;
mod write;
mod writer;

pub use crate::account::{
    Account, AccountState, CheckRecord, Credentials, Filter, Hold, Home, Kind, NewAccount, Owner, Place,
    Query,
};
pub use crate::account_change::AccountChange;
pub use crate::api_key::{ApiKey, GrantError, KEY_USE_INTERVAL, KeyState, NewKey};
pub use crate::attempt::{Attempt, AttemptState};
pub use crate::audit::{AuditQuery, AuditRow};
pub use crate::backup::{BackupError, Restored, restore};
pub use crate::browser::{Browser, Presentation};
pub use crate::by::By;
pub use crate::connector_profile::{
    ConnectorProfile, ConnectorProfileChange, NewConnectorProfile, ProfileRemoval, SealedProfile,
};
pub use crate::counter::Limit;
pub use crate::crash::crash_point;
pub use crate::database::without_password;
pub use crate::draft::{Draft, edit_draft_key};
pub use crate::error::{ChangeError, StoreError};
pub use crate::file::OthersAccess;
pub use crate::guide_text::GuideText;
pub use crate::handoff::{Handoff, NewHandoff, Submission, Submitted};
pub use crate::id::{AccountId, IdError};
pub use crate::idempotency::Idempotency;
pub use crate::key::{KeyError, KeyId};
pub use crate::name::{NameError, display_name, is_printable};
pub use crate::new_file::NewFile;
pub use crate::open::{OpenError, Vault};
pub use crate::outbox::Event;
pub use crate::project::Project;
pub use crate::prove::Proof;
pub use crate::prune::Stale;
pub use crate::refusal::Refusal;
pub use crate::rotate::{RotateError, Rotated};
pub use crate::schema::{SCHEMA_VERSION, Unsupported};
pub use crate::scope::Scope;
pub use crate::seal::SealError;
pub use crate::sealed_account::SealedAccount;
pub use crate::session::{NewSession, Session};
pub use crate::sign_in::{SignIn, SignInState};
pub use crate::source::KeySource;
pub use crate::store::{CreatedFrom, Replacing};
pub use crate::token::{Digest, Token};
pub use crate::use_recorder::{Recording, UseRecorder};
pub use crate::writer::Writer;
