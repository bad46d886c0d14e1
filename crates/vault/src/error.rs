//! Errors of an open vault, for the operator.
//!
//! **Invariant:** an error of this crate names tables, accounts and key ids, and never a value: no credential, no
//! key, no output of a key command. Errors of one operation are defined next to that operation.

use std::fmt;

use crate::id::AccountId;
use crate::key::KeyError;
use crate::seal::SealError;

/// Why the vault could not be read or written.
#[derive(Debug)]
#[non_exhaustive]
pub enum StoreError {
    /// The database refused a statement or failed.
    Database(sqlx::Error),
    /// The key is no longer there, or is no longer the right one.
    Key(KeyError),
    /// Something could not be sealed or unsealed.
    Seal {
        /// What it was, by name.
        what: String,
        /// Why.
        cause: SealError,
    },
    /// A row makes no sense.
    Damaged {
        /// The table and column, or the item.
        what: String,
    },
    /// The system returned no random bytes for a new id or token.
    Random(getrandom::Error),
}

/// Why an account could not be used or changed.
#[derive(Debug)]
pub enum ChangeError {
    /// There is no such account.
    NotFound {
        /// The account that was asked for.
        id: AccountId,
    },
    /// The account was changed since the caller read it.
    Conflict {
        /// The account.
        id: AccountId,
        /// The version that the caller read.
        expected: i64,
        /// The current version.
        found: i64,
    },
    /// The owner already has a different account at the provider, and replacing it is not allowed.
    OtherAccount {
        /// The existing account.
        id: AccountId,
    },
    /// The connector profile of the new account was deleted in the meantime.
    NoConnectorProfile {
        /// The connector profile.
        id: String,
    },
    /// The link attempt is over: it has already linked an account, or was canceled.
    AttemptOver {
        /// The attempt.
        id: String,
    },
    /// The vault could not be read or written.
    Store(StoreError),
}

impl StoreError {
    /// For `map_err`: names what could not be sealed or unsealed.
    pub(crate) fn seal(what: impl Into<String>) -> impl Fn(SealError) -> Self {
        let what = what.into();
        move |cause| Self::Seal { what: what.clone(), cause }
    }

    /// A row that makes no sense.
    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into() }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database(_) => f.write_str("the vault's database refused a statement or failed"),
            Self::Key(error) => error.fmt(f),
            Self::Seal { what, .. } => write!(f, "{what} cannot be sealed or unsealed"),
            Self::Damaged { what } => write!(f, "{what} is damaged; restore the database from a backup"),
            Self::Random(_) => f.write_str("the system returned no random bytes"),
        }
    }
}

impl fmt::Display for ChangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { id } => {
                write!(f, "there is no account {id}; list the accounts to see their ids")
            }
            Self::Conflict { id, expected, found } => write!(
                f,
                "account {id} was changed in the meantime (version {found}, not {expected}); check it and try again"
            ),
            Self::OtherAccount { id } => {
                write!(
                    f,
                    "account {id} of this owner is a different account at the provider; it was not replaced"
                )
            }
            Self::NoConnectorProfile { id } => {
                write!(f, "connector profile {id} was deleted; link with another one")
            }
            Self::AttemptOver { id } => write!(f, "link attempt {id} is over; start a new one"),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Database(cause) => Some(cause),
            Self::Key(error) => error.source(),
            Self::Seal { cause, .. } => Some(cause),
            Self::Random(cause) => Some(cause),
            Self::Damaged { .. } => None,
        }
    }
}

impl std::error::Error for ChangeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Store(error) => error.source(),
            Self::NotFound { .. }
            | Self::Conflict { .. }
            | Self::OtherAccount { .. }
            | Self::NoConnectorProfile { .. }
            | Self::AttemptOver { .. } => None,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(cause: sqlx::Error) -> Self {
        Self::Database(cause)
    }
}

impl From<KeyError> for StoreError {
    fn from(error: KeyError) -> Self {
        Self::Key(error)
    }
}

impl From<getrandom::Error> for StoreError {
    fn from(cause: getrandom::Error) -> Self {
        Self::Random(cause)
    }
}

impl From<StoreError> for ChangeError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<sqlx::Error> for ChangeError {
    fn from(cause: sqlx::Error) -> Self {
        Self::Store(cause.into())
    }
}
