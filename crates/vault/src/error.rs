//! What can go wrong with a vault that is open, for the operator.
//!
//! **Invariant:** an error of this crate names places, accounts and the ids of keys, and never a value: not a
//! credential, not a key, not what a key command printed. Other errors stand beside what raises them.

use std::fmt;

use crate::id::AccountId;
use crate::key::KeyError;
use crate::seal::SealError;

/// Why the vault could not be read or written.
#[derive(Debug)]
#[non_exhaustive]
pub enum StoreError {
    /// The database refused or failed.
    Database(sqlx::Error),
    /// The key is not there any more, or not the right one any more.
    Key(KeyError),
    /// Something could not be sealed or opened.
    Seal {
        /// What it was, by name.
        what: String,
        /// Why.
        cause: SealError,
    },
    /// A row does not make sense.
    Damaged {
        /// Which part of which table.
        what: String,
    },
}

/// Why an account could not be used or changed.
#[derive(Debug)]
pub enum ChangeError {
    /// There is no such account.
    NotFound {
        /// The account asked for.
        id: AccountId,
    },
    /// The account was changed by someone else in between.
    Conflict {
        /// The account.
        id: AccountId,
        /// The version the caller had seen.
        expected: i64,
        /// The version it has by now.
        found: i64,
    },
    /// The owner has another account at the provider, and one is meant to take the place of the other.
    OtherAccount {
        /// The account that is there.
        id: AccountId,
    },
    /// The attempt is over: it has linked an account already, or was given up.
    AttemptOver {
        /// The attempt.
        id: String,
    },
    /// The vault could not be read or written.
    Store(StoreError),
}

impl StoreError {
    /// For `map_err`: what could not be sealed or opened.
    pub(crate) fn seal(what: impl Into<String>) -> impl Fn(SealError) -> Self {
        let what = what.into();
        move |cause| Self::Seal { what: what.clone(), cause }
    }

    /// A row that does not make sense.
    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into() }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database(_) => f.write_str("the vault's database refused or failed"),
            Self::Key(error) => error.fmt(f),
            Self::Seal { what, .. } => write!(f, "{what} cannot be sealed or opened"),
            Self::Damaged { what } => write!(f, "{what} is damaged; restore the database from a backup"),
        }
    }
}

impl fmt::Display for ChangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { id } => {
                write!(f, "there is no account {id}; list the accounts to see which there are")
            }
            Self::Conflict { id, expected, found } => write!(
                f,
                "account {id} was changed by someone else (version {found}, not {expected}); look again and repeat"
            ),
            Self::OtherAccount { id } => {
                write!(
                    f,
                    "account {id} of this owner is another account at the provider; it was not replaced"
                )
            }
            Self::AttemptOver { id } => write!(f, "attempt {id} is over; begin another"),
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
