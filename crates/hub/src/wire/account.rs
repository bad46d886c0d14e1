//! Linked accounts as the API returns, filters and changes them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use vault::Account;

use super::stamp;
use crate::status;

/// A linked account: a customer's access to a provider.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LinkedAccount {
    /// The account's id, for example `acc_f3k7m2qpxw5vb6zt4n7ydh2gra`.
    pub(crate) id: String,
    /// The provider's key, for example `acme`.
    pub(crate) provider: String,
    /// The provider's name, for example `Acme`. Null if the provider's guide no longer exists.
    pub(crate) provider_name: Option<String>,
    /// Your product's id for the customer.
    pub(crate) origin_owner_id: String,
    /// The customer's name.
    pub(crate) origin_owner_name: String,
    /// The name of the person who linked the account, if your product set it.
    pub(crate) origin_username: Option<String>,
    /// Whether the account can be used: `active`, `inactive`, `error`, `suspended`, `archived` or `expired`.
    pub(crate) status: &'static str,
    /// Why the account has this status. Empty while the account is `active`.
    pub(crate) status_reasons: Vec<StatusReason>,
    /// The non-secret values, by field key. Secret values are never included.
    pub(crate) setup_information: Map<String, Value>,
    /// A label that distinguishes the customer's accounts, if your product set one.
    pub(crate) label: Option<String>,
    /// `production` or `test`.
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    /// Your product's own data about the account.
    pub(crate) metadata: Map<String, Value>,
    /// The id of the connector profile that the account was linked with.
    pub(crate) connector_profile_id: String,
    /// The same as `connector_profile_id`, under StackOne's older name.
    pub(crate) integration_id: String,
    /// The key of the method that the account was linked with, for example `api-key`.
    pub(crate) authentication_config_key: String,
    /// The provider's environment, for example `sandbox`. Null if the provider has only one environment.
    pub(crate) environment: Option<String>,
    /// The account's id at the provider, if the guide specifies how to read it.
    pub(crate) external_id: Option<String>,
    /// The account's name at the provider, if the guide specifies how to read it.
    pub(crate) external_name: Option<String>,
    /// The digest of the guide that the account was linked with (SHA-256, hexadecimal).
    pub(crate) guide_digest: String,
    /// How many times the credentials have been stored. Starts at 1.
    pub(crate) version: i64,
    /// When the account was linked (RFC 3339, UTC).
    pub(crate) created_at: String,
    /// When the account was last changed (RFC 3339, UTC).
    pub(crate) updated_at: String,
    /// When the account was last checked with a conclusive result (RFC 3339, UTC). Null if no check has been
    /// conclusive.
    pub(crate) checked_at: Option<String>,
}

/// Why an account has its status.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatusReason {
    /// A stable identifier for the reason, for example `wrong_secret`.
    pub(crate) code: String,
    /// The reason in one sentence, for people.
    pub(crate) description: String,
    /// When the account got this status (RFC 3339, UTC).
    pub(crate) timestamp: String,
}

/// Filters for a list of accounts. To send several values, repeat the parameter or separate them with commas.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only describes the query, which `api/accounts.rs` parses")]
pub(crate) struct ListAccounts {
    /// The page to return, starting at 1. Later pages take longer: to list many accounts, use `cursor`.
    #[param(minimum = 1, maximum = 1_000_000)]
    pub(crate) page: Option<u32>,
    /// The `x-next-cursor` header of the previous page. Returns the accounts after that page, and takes equally long for
    /// every page. Cannot be combined with `page`.
    pub(crate) cursor: Option<String>,
    /// The number of accounts per page. Defaults to 25.
    #[param(minimum = 1, maximum = 500)]
    pub(crate) page_size: Option<u32>,
    /// Returns only accounts at this provider (the provider's key).
    pub(crate) provider: Option<String>,
    /// Returns only accounts at these providers (at most 200 provider keys).
    pub(crate) providers: Option<Vec<String>>,
    /// Returns only the accounts with these ids (at most 200).
    pub(crate) account_ids: Option<Vec<String>>,
    /// Returns only this customer's accounts.
    pub(crate) origin_owner_id: Option<String>,
    /// Returns only these customers' accounts (at most 200 customer ids).
    pub(crate) origin_owner_ids: Option<Vec<String>>,
    /// Returns only accounts with this status: `active`, `inactive`, `error`, `suspended`, `archived` or `expired`.
    pub(crate) status: Option<String>,
    /// Returns only accounts of this type: `production` or `test`. With a test key, only `test` is allowed.
    #[param(rename = "type")]
    pub(crate) kind: Option<String>,
}

/// Changes to the data that your product stores with an account. Omitted members stay unchanged.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(crate) struct PatchAccount {
    /// Your product's id for the customer.
    #[schema(max_length = 255)]
    pub(crate) origin_owner_id: Option<String>,
    /// The customer's name.
    #[schema(max_length = 255)]
    pub(crate) origin_owner_name: Option<String>,
    /// The name of the person who linked the account; null removes it.
    #[serde(default, deserialize_with = "super::present")]
    #[schema(value_type = Option<String>)]
    pub(crate) origin_username: Option<Value>,
    /// A label that distinguishes the customer's accounts; null removes it. An empty object, which some SDKs send,
    /// changes nothing.
    #[serde(default, deserialize_with = "super::present")]
    #[schema(value_type = Option<String>)]
    pub(crate) label: Option<Value>,
    /// Your product's own data about the account, which replaces the stored data. Null removes all stored data; an
    /// empty object changes nothing.
    #[serde(default, deserialize_with = "super::present")]
    #[schema(value_type = Option<Object>)]
    pub(crate) metadata: Option<Value>,
    /// The new status: `suspended` or `archived` to take the account out of use, `active` to make it usable again.
    pub(crate) status: Option<String>,
    /// Cannot be changed. Only the account's current provider is accepted.
    pub(crate) provider: Option<String>,
    /// Cannot be changed. Only the account's current type is accepted, and `production`, which SDKs send with every
    /// change.
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    /// Cannot be changed. Only the account's current value is accepted.
    pub(crate) authentication_config_key: Option<String>,
    /// Cannot be changed. Only the account's current value is accepted.
    pub(crate) environment: Option<String>,
    /// Cannot be changed. Only the account's current value is accepted.
    pub(crate) connector_profile_id: Option<String>,
    /// The same as `connector_profile_id`, under StackOne's older name.
    pub(crate) integration_id: Option<String>,
    /// Cannot be changed here, because only credentials that have passed their checks are stored. To change the
    /// credentials, link the account again. Empty objects are ignored.
    #[schema(value_type = Option<Object>)]
    pub(crate) credentials: Option<Value>,
    /// Like `credentials`, this cannot be changed here.
    #[schema(value_type = Option<Object>)]
    pub(crate) secrets: Option<Value>,
    /// Like `credentials`, this cannot be changed here.
    #[schema(value_type = Option<Object>)]
    pub(crate) setup_information: Option<Value>,
    /// Members that the Hub does not know.
    #[serde(flatten)]
    #[schema(ignore)]
    pub(crate) unknown: Map<String, Value>,
}

impl LinkedAccount {
    /// Converts an account to its API representation. `profile_active` specifies whether the account's connector
    /// profile is active.
    pub(crate) fn new(account: &Account, provider_name: Option<&str>, profile_active: bool) -> Self {
        let (status, reason) = status::of(account, profile_active);
        let since = account.state_at.unwrap_or(account.updated_at);
        let home = account.home.as_ref();
        let owner = home.map(|home| &home.owner);
        let profile = home.map(|home| home.connector_profile.clone()).unwrap_or_default();
        Self {
            id: account.id.to_string(),
            provider: account.provider.clone(),
            provider_name: provider_name.map(str::to_owned),
            origin_owner_id: owner.map(|owner| owner.id.clone()).unwrap_or_default(),
            origin_owner_name: owner.map(|owner| owner.name.clone()).unwrap_or_default(),
            origin_username: owner.and_then(|owner| owner.username.clone()),
            status: status.into(),
            status_reasons: reason
                .into_iter()
                .map(|reason| StatusReason {
                    code: reason.code,
                    description: reason.description,
                    timestamp: stamp(since),
                })
                .collect(),
            setup_information: account
                .values
                .iter()
                .map(|(key, value)| (key.clone(), value.clone().into()))
                .collect(),
            label: account.label.clone(),
            kind: home.map(|home| home.kind).unwrap_or_default().as_str(),
            metadata: home.map(|home| home.metadata.clone()).unwrap_or_default(),
            connector_profile_id: profile.clone(),
            integration_id: profile,
            authentication_config_key: account.method.clone(),
            environment: account.environment.clone(),
            external_id: account.external_id.clone(),
            external_name: account.name.clone(),
            guide_digest: account.guide_digest.clone(),
            version: account.version,
            created_at: stamp(account.created_at),
            updated_at: stamp(account.updated_at),
            checked_at: account.checked_at.map(stamp),
        }
    }
}
