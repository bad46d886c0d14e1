//! Errors from an open vault, for the operator.
//!
//! **Invariant:** errors in this crate can contain table names, item names, account ids and key ids. They never contain
//! credentials, keys, or the output of a key command. Errors that are specific to one operation are defined next to
//! that operation.

use thiserror::Error;

use crate::account::Hold;
use crate::id::AccountId;
use crate::key::KeyError;
use crate::seal::SealError;
use crate::unavailable;

/// Why the vault could not be read or written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database refused a statement or failed.
    #[error("the vault's database refused a statement or failed")]
    Database(#[from] sqlx::Error),
    /// The key is missing, or is no longer the current key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// An item could not be sealed or unsealed.
    #[error("{what} cannot be sealed or unsealed")]
    Seal {
        /// The name of the item, such as `draft acme`.
        what: String,
        /// Why sealing or unsealing failed.
        source: SealError,
    },
    /// A row contains invalid data.
    #[error("{what} is damaged; restore the database from a backup")]
    Damaged {
        /// The table and column, or the item's name.
        what: String,
    },
    /// A use of credentials could not be recorded in the audit trail in time, so the credentials were not opened.
    #[error("the use of credentials could not be recorded in the audit trail")]
    NotRecorded,
    /// The system returned no random bytes for a new id or token.
    #[error("the system returned no random bytes")]
    Random(#[from] getrandom::Error),
}

/// Why an account could not be used or changed.
#[derive(Debug, Error)]
pub enum ChangeError {
    /// No account has this id.
    #[error("there is no account {id}; list the accounts to see their ids")]
    NotFound {
        /// The id that the caller passed.
        id: AccountId,
    },
    /// The account has changed since the caller read it.
    #[error(
        "account {id} was changed in the meantime (version {found}, not {expected}); check it and try again"
    )]
    Conflict {
        /// The account's id.
        id: AccountId,
        /// The version that the caller read.
        expected: i64,
        /// The current version.
        found: i64,
    },
    /// The owner already has a different account at the provider, and replacing it is not allowed.
    #[error("the owner already has account {id}, a different account at the provider; it was not replaced")]
    OtherAccount {
        /// The id of the existing account.
        id: AccountId,
    },
    /// The new account's connector profile was deleted while the account was being linked.
    #[error("connector profile {id} was deleted; link the account with another profile")]
    NoConnectorProfile {
        /// The id of the deleted connector profile.
        id: String,
    },
    /// The account must not be used, so its credentials are neither opened nor replaced.
    #[error("account {id} is {}; set its status to `active` first", hold.as_str())]
    OnHold {
        /// The account's id.
        id: AccountId,
        /// Why the account must not be used.
        hold: Hold,
    },
    /// The link attempt has ended: it has already linked an account, was canceled, or may no longer continue because
    /// its session or its account may no longer be used.
    #[error("link attempt {id} has ended; start a new one")]
    AttemptEnded {
        /// The id of the link attempt.
        id: String,
    },
    /// The vault could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl StoreError {
    /// Returns whether the database cannot be used at the moment: it cannot be reached, or its disk is full. The same
    /// operation may succeed later.
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Database(error) => unavailable::is_unavailable(error),
            Self::NotRecorded => true,
            _ => false,
        }
    }

    /// Returns a function for `map_err` that adds the name of the item that could not be sealed or unsealed.
    pub(crate) fn seal(what: impl Into<String>) -> impl Fn(SealError) -> Self {
        let what = what.into();
        move |source| Self::Seal { what: what.clone(), source }
    }

    /// Returns the error for an item that contains invalid data.
    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into() }
    }
}

impl From<sqlx::Error> for ChangeError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}
