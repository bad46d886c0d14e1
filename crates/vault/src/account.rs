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
    /// Whose it is, where the Hub linked it.
    pub home: Option<Home>,
}

/// Whose an account is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// The project.
    pub project: String,
    /// The connector configuration it was linked with.
    pub connector_profile: String,
    /// The customer of the product.
    pub owner: Owner,
    /// Whether it counts.
    pub kind: Kind,
    /// What the product keeps with it.
    pub metadata: serde_json::Map<String, serde_json::Value>,
}

/// A customer of the product that embeds the Hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// What the product calls the customer; an account of the same owner at the same provider is the same.
    pub id: String,
    /// The customer's name.
    pub name: String,
    /// The person who linked.
    pub username: Option<String>,
}

/// Whether something counts or is for trying out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// It counts.
    #[default]
    Production,
    /// It is for trying out.
    Test,
}

/// What somebody decided about an account, whatever its checks say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// It is not to be used for now.
    Suspended,
    /// It is not to be used again.
    Archived,
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
    /// Whose it is, where the Hub linked it.
    pub home: Option<Home>,
    /// Whether it works.
    pub state: AccountState,
    /// Since when.
    pub state_at: Option<Timestamp>,
    /// What somebody decided about it.
    pub hold: Option<Hold>,
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

/// Which accounts to list. The default is all of them, whosever they are.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only those at this provider.
    pub provider: Option<String>,
}

/// Which accounts of a project to list, a page at a time. An empty list of something is no wish.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// The project.
    pub project: String,
    /// Only those with one of these ids.
    pub ids: Vec<String>,
    /// Only those at one of these providers.
    pub providers: Vec<String>,
    /// Only those of one of these owners.
    pub owners: Vec<String>,
    /// Only those that count, or that do not.
    pub kind: Option<Kind>,
    /// Only those that work, or that do not.
    pub works: Option<bool>,
    /// Only those whose credentials are past their time, or that are not active for another reason.
    pub expired: Option<bool>,
    /// Only those that somebody decided so about; `Some(None)`: about which nobody decided anything.
    pub hold: Option<Option<Hold>>,
    /// Only those of active connector configurations, or of inactive ones.
    pub connector_profile_active: Option<bool>,
    /// How many to leave out at the beginning.
    pub skip: i64,
    /// How many to give.
    pub limit: i64,
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
            home: self.home.clone(),
            state: AccountState::Active,
            state_at: Some(now),
            hold: None,
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

impl Kind {
    /// In one word: `production` or `test`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Test => "test",
        }
    }

    /// The kind with that name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Production, Self::Test].into_iter().find(|kind| kind.as_str() == text)
    }
}

impl Hold {
    /// In one word: `suspended` or `archived`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Suspended => "suspended",
            Self::Archived => "archived",
        }
    }

    /// The decision with that name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Suspended, Self::Archived].into_iter().find(|hold| hold.as_str() == text)
    }
}
