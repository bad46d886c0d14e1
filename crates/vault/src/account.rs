//! Linked accounts.
//!
//! **Invariant:** an [`Account`] contains the names of its secret fields, but never their values. Only [`NewAccount`],
//! which callers store, and [`Credentials`], which they read, contain secret values.

use std::collections::BTreeMap;

use jiff::Timestamp;
use secret::Secret;
use strum::{EnumString, IntoStaticStr};

use crate::id::AccountId;

/// A new account to store. Its checks have passed.
#[derive(Clone, Debug, Default)]
pub struct NewAccount {
    /// The key of the provider.
    pub provider: String,
    /// The key of the method used to link the account.
    pub method: String,
    /// The key of the provider's environment. `None` if the method has no environments.
    pub environment: Option<String>,
    /// The provider's own id for the account, which stays the same when the account is linked again. `None` if no check
    /// identified the account.
    pub external_id: Option<String>,
    /// The account's name at the provider. `None` if no check identified the account.
    pub name: Option<String>,
    /// A name chosen by the person who linked the account, or by the product. `None` if nobody chose a name.
    pub label: Option<String>,
    /// The values of public fields, by field key.
    pub values: BTreeMap<String, String>,
    /// The values of the secret fields and tokens, by name.
    pub secrets: BTreeMap<String, Secret>,
    /// The digest of the guide that the account was linked with.
    pub guide_digest: String,
    /// The keys of the checks that passed.
    pub proved: Vec<String>,
    /// The outcome of linking: `ok` or `ok_limited`.
    pub outcome: String,
    /// Details of the account's identity at the provider, by name.
    pub identity: BTreeMap<String, String>,
    /// The project and owner of an account that the Hub linked. `None` for an account linked in the terminal.
    pub home: Option<Home>,
}

/// The project and owner of an account that the Hub linked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// The id of the account's project.
    pub project: String,
    /// The id of the connector profile that the account was linked with: `cpr_…`, or `provider.method` for a method
    /// that needs no profile.
    pub connector_profile: String,
    /// The customer who owns the account.
    pub owner: Owner,
    /// Whether the account is a production or a test account.
    pub kind: Kind,
    /// Data that the product attached to the account.
    pub metadata: serde_json::Map<String, serde_json::Value>,
}

impl Home {
    /// Returns whether the account has this project, owner and kind.
    pub fn belongs_to(&self, project: &str, owner: &str, kind: Kind) -> bool {
        self.project == project && self.owner.id == owner && self.kind == kind
    }
}

/// A customer of the product that embeds the Hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The product's id for the customer. By default, an owner has at most one account at each provider.
    pub id: String,
    /// The customer's display name.
    pub name: String,
    /// The user name of the person who linked the account. `None` if the product did not specify a user name.
    pub username: Option<String>,
}

/// Whether an API key, session or account is for production or for testing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Kind {
    /// Production data: real customers and their accounts.
    #[default]
    Production,
    /// Test data. A test key can read and create only test data.
    Test,
}

/// A decision not to use an account, regardless of the results of its checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Hold {
    /// The account must not be used for now.
    Suspended,
    /// The account must never be used again. If the same account at the provider is linked again, a new account is
    /// created.
    Archived,
}

/// A linked account, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The account's id, which never changes.
    pub id: AccountId,
    /// The key of the provider.
    pub provider: String,
    /// The key of the method used to link the account.
    pub method: String,
    /// The key of the provider's environment. `None` if the method has no environments.
    pub environment: Option<String>,
    /// The provider's own id for the account. `None` if no check identified the account.
    pub external_id: Option<String>,
    /// The account's name at the provider. `None` if no check identified the account.
    pub name: Option<String>,
    /// A name chosen by the person who linked the account, or by the product. `None` if nobody chose a name.
    pub label: Option<String>,
    /// The values of public fields, by field key.
    pub values: BTreeMap<String, String>,
    /// The names of the secret fields and tokens, sorted.
    pub secret_fields: Vec<String>,
    /// The digest of the guide that the account was linked with.
    pub guide_digest: String,
    /// The keys of the checks that passed.
    pub proved: Vec<String>,
    /// The outcome of the most recent link or check.
    pub outcome: String,
    /// Details of the account's identity at the provider, by name.
    pub identity: BTreeMap<String, String>,
    /// The project and owner of an account that the Hub linked. `None` for an account linked in the terminal.
    pub home: Option<Home>,
    /// Whether the account works, according to its last check.
    pub state: AccountState,
    /// When the state or the hold last changed. `None` if the time was not recorded.
    pub state_at: Option<Timestamp>,
    /// A decision not to use the account. `None` if the account may be used.
    pub hold: Option<Hold>,
    /// The number of times the credentials have been stored, starting at 1.
    pub version: i64,
    /// When the account was linked.
    pub created_at: Timestamp,
    /// When the credentials, owner, user name, label, metadata or hold last changed.
    pub updated_at: Timestamp,
    /// When the account was last checked, successfully or not. `None` if it was never checked.
    pub checked_at: Option<Timestamp>,
}

/// Whether an account works.
#[derive(Clone, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum AccountState {
    /// The last check passed.
    Active,
    /// The last check failed.
    Error {
        /// The reason, in words meant for the person who linked the account.
        reason: String,
    },
}

/// Selects the accounts to list, across all projects. The default lists every account.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only accounts at the provider with this key. `None` lists accounts at every provider.
    pub provider: Option<String>,
}

/// Selects a page of a project's accounts. A filter that is `None` or an empty list has no effect.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// The id of the project.
    pub project: String,
    /// Only accounts with one of these ids.
    pub ids: Vec<String>,
    /// Only accounts at one of these providers.
    pub providers: Vec<String>,
    /// Only accounts with one of these owners.
    pub owners: Vec<String>,
    /// Only production or only test accounts.
    pub kind: Option<Kind>,
    /// Only accounts that work (`true`), or only accounts that do not work (`false`).
    pub works: Option<bool>,
    /// Only accounts whose last outcome is `expired` (`true`), or only accounts with any other outcome (`false`).
    pub expired: Option<bool>,
    /// Only accounts with this hold. `Some(None)` lists only accounts without a hold.
    pub hold: Option<Option<Hold>>,
    /// Only accounts linked with active connector profiles (`true`), or only accounts linked with inactive profiles
    /// (`false`).
    pub connector_profile_active: Option<bool>,
    /// Only accounts after this place in the list.
    pub after: Option<Place>,
    /// The number of accounts to skip. To skip many accounts, use `after`, which needs no time for them.
    pub skip: i64,
    /// The maximum number of accounts to return.
    pub limit: i64,
}

/// The place of an account in a list of accounts, which is ordered by creation time and id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// When the account was created, in whole milliseconds.
    pub created_at: Timestamp,
    /// The account's id.
    pub id: AccountId,
}

/// The result of checking a stored account.
#[derive(Clone, Debug)]
pub struct CheckRecord {
    /// The version of the credentials that were checked.
    pub version: i64,
    /// The outcome, such as `ok` or `wrong_secret`.
    pub outcome: String,
    /// Whether the account works, according to the check.
    pub state: AccountState,
}

/// An account together with its opened secrets.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The account, including its public fields.
    pub account: Account,
    /// The values of the secret fields and tokens, by name.
    pub secrets: BTreeMap<String, Secret>,
}

impl NewAccount {
    /// Converts the new account to an [`Account`], leaving out its secrets. The account is active, and its last check
    /// is at `now`.
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

impl Kind {
    /// Returns the kind's name: `production` or `test`.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl Hold {
    /// Returns the hold's name: `suspended` or `archived`.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl AccountState {
    /// Returns the state's name: `active` or `error`.
    pub fn as_str(&self) -> &'static str {
        self.into()
    }

    /// Returns why the account does not work, or `None` if it works.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Active => None,
            Self::Error { reason } => Some(reason),
        }
    }
}
