//! Accounts, as the rest of the product sees them.
//!
//! **Invariant:** an [`Account`] holds nothing that must not be seen; of its secrets it knows the names. Secret
//! values travel in [`NewAccount`] on the way in and in [`Credentials`] on the way out, and nowhere else.

use std::collections::BTreeMap;

use jiff::Timestamp;
use secret::Secret;

use crate::id::AccountId;

/// What is stored when an account has been seen to work.
#[derive(Clone, Debug, Default)]
pub struct NewAccount {
    /// The key of the provider.
    pub provider: String,
    /// The key of the method by which the account was linked.
    pub method: String,
    /// The provider's environment, when it has several.
    pub environment: Option<String>,
    /// What the provider calls the account; the same account linked twice has the same.
    pub external_id: Option<String>,
    /// The account's name at the provider.
    pub name: Option<String>,
    /// What the person who linked it calls it.
    pub label: Option<String>,
    /// Public fields, by name.
    pub values: BTreeMap<String, String>,
    /// Secret fields, by name.
    pub secrets: BTreeMap<String, Secret>,
    /// Which state of the guide the account was linked with.
    pub guide_digest: String,
    /// The keys of the checks that passed.
    pub proved: Vec<String>,
    /// The outcome of linking.
    pub outcome: String,
    /// What the provider said about who this is.
    pub identity: BTreeMap<String, String>,
}

/// A linked account, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// The key of the provider.
    pub provider: String,
    /// The key of the method by which the account was linked.
    pub method: String,
    /// The provider's environment, when it has several.
    pub environment: Option<String>,
    /// What the provider calls the account.
    pub external_id: Option<String>,
    /// The account's name at the provider.
    pub name: Option<String>,
    /// What the person who linked it calls it.
    pub label: Option<String>,
    /// Public fields, by name.
    pub values: BTreeMap<String, String>,
    /// The names of the secret fields, in order.
    pub secret_fields: Vec<String>,
    /// Which state of the guide the account was linked with.
    pub guide_digest: String,
    /// The keys of the checks that passed.
    pub proved: Vec<String>,
    /// The outcome of linking, or of the last check since.
    pub outcome: String,
    /// What the provider said about who this is.
    pub identity: BTreeMap<String, String>,
    /// Whether it works.
    pub state: AccountState,
    /// Counts the times its credentials were stored, from 1.
    pub version: i64,
    /// When it was linked.
    pub created_at: Timestamp,
    /// When its credentials were last stored.
    pub updated_at: Timestamp,
    /// When it was last seen to work, or not to.
    pub checked_at: Option<Timestamp>,
}

/// Whether an account works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountState {
    /// It worked when it was last checked.
    Active,
    /// It did not.
    Error {
        /// Why, in words for a person.
        reason: String,
    },
}

/// Which accounts to list. The default is all of them.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only those at this provider.
    pub provider: Option<String>,
}

/// What a check of a stored account found.
#[derive(Clone, Debug)]
pub struct CheckRecord {
    /// The version of the account whose credentials were checked.
    pub version: i64,
    /// The outcome.
    pub outcome: String,
    /// When.
    pub at: Timestamp,
    /// Whether the account works.
    pub state: AccountState,
}

/// An account with its secrets, for the request that needs them.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The account; its public fields are in there.
    pub account: Account,
    /// Secret fields, by name.
    pub secrets: BTreeMap<String, Secret>,
}

impl NewAccount {
    /// The account that is stored, without the secrets.
    pub(crate) fn stored(
        &self,
        id: AccountId,
        version: i64,
        created_at: Timestamp,
        now: Timestamp,
    ) -> Account {
        Account {
            id,
            provider: self.provider.clone(),
            method: self.method.clone(),
            environment: self.environment.clone(),
            external_id: self.external_id.clone(),
            name: self.name.clone(),
            label: self.label.clone(),
            values: self.values.clone(),
            secret_fields: self.secrets.keys().cloned().collect(),
            guide_digest: self.guide_digest.clone(),
            proved: self.proved.clone(),
            outcome: self.outcome.clone(),
            identity: self.identity.clone(),
            state: AccountState::Active,
            version,
            created_at,
            updated_at: now,
            checked_at: Some(now),
        }
    }
}

impl AccountState {
    /// The state in one word: `active` or `error`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Error { .. } => "error",
        }
    }

    /// Why it does not work.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Active => None,
            Self::Error { reason } => Some(reason),
        }
    }
}
