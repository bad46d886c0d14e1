//! Accounts on the wire.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use vault::Account;

use super::stamp;
use crate::status;

/// A linked account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LinkedAccount {
    /// Its id.
    pub(crate) id: String,
    /// The key of the provider.
    pub(crate) provider: String,
    /// The provider's name.
    pub(crate) provider_name: Option<String>,
    /// What your product calls the customer.
    pub(crate) origin_owner_id: String,
    /// The customer's name.
    pub(crate) origin_owner_name: String,
    /// The person who linked.
    pub(crate) origin_username: Option<String>,
    /// `active`, `inactive`, `error`, `suspended`, `archived` or `expired`.
    pub(crate) status: &'static str,
    /// Why.
    pub(crate) status_reasons: Vec<StatusReason>,
    /// The values that may be seen. Of the others there is nothing here.
    pub(crate) setup_information: Map<String, Value>,
    /// What the account is called.
    pub(crate) label: Option<String>,
    /// `production` or `test`.
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    /// What your product keeps with it.
    pub(crate) metadata: Map<String, Value>,
    /// The connector profile it was linked with.
    pub(crate) connector_profile_id: String,
    /// Its older name.
    pub(crate) integration_id: String,
    /// The method by which it was linked.
    pub(crate) authentication_config_key: String,
    /// The provider's environment, where there are several.
    pub(crate) environment: Option<String>,
    /// What the provider calls the account.
    pub(crate) external_id: Option<String>,
    /// The account's name at the provider.
    pub(crate) external_name: Option<String>,
    /// Which guide it was linked with.
    pub(crate) guide_digest: String,
    /// Counts the times its credentials were stored.
    pub(crate) version: i64,
    /// When it was linked.
    pub(crate) created_at: String,
    /// When it was last changed.
    pub(crate) updated_at: String,
    /// When it was last seen to work, or not to.
    pub(crate) checked_at: Option<String>,
}

/// Why an account has its status.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StatusReason {
    /// A word that never changes.
    pub(crate) code: String,
    /// In words.
    pub(crate) description: String,
    /// Since when.
    pub(crate) timestamp: String,
}

/// Which accounts to list. Lists may be repeated keys or separated by commas.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListAccounts {
    /// The page, from 1.
    #[param(minimum = 1)]
    pub(crate) page: Option<u32>,
    /// How many are on a page; 25, if left out.
    #[param(minimum = 1, maximum = 500)]
    pub(crate) page_size: Option<u32>,
    /// Only those at this provider.
    pub(crate) provider: Option<String>,
    /// Only those at one of these providers.
    pub(crate) providers: Option<Vec<String>>,
    /// Only those with one of these ids.
    pub(crate) account_ids: Option<Vec<String>>,
    /// Only those of this owner.
    pub(crate) origin_owner_id: Option<String>,
    /// Only those of one of these owners.
    pub(crate) origin_owner_ids: Option<Vec<String>>,
    /// Only those with this status.
    pub(crate) status: Option<String>,
    /// Only those of this type.
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
}

/// A change of what your product keeps with an account. What is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(crate) struct PatchAccount {
    /// What your product calls the customer.
    #[schema(max_length = 255)]
    pub(crate) origin_owner_id: Option<String>,
    /// The customer's name.
    #[schema(max_length = 255)]
    pub(crate) origin_owner_name: Option<String>,
    /// The person who linked; null takes it away.
    #[serde(default, deserialize_with = "super::present")]
    #[schema(value_type = Option<String>)]
    pub(crate) origin_username: Option<Value>,
    /// What the account is called; null takes it away. An empty object, as some SDKs send it, changes nothing.
    #[serde(default, deserialize_with = "super::present")]
    #[schema(value_type = Option<String>)]
    pub(crate) label: Option<Value>,
    /// What your product keeps with it. An empty object changes nothing; null empties it.
    #[serde(default, deserialize_with = "super::present")]
    #[schema(value_type = Option<Object>)]
    pub(crate) metadata: Option<Value>,
    /// `suspended` or `archived`, or `active` to lift that.
    pub(crate) status: Option<String>,
    /// Cannot be changed. The account's own type is accepted.
    pub(crate) provider: Option<String>,
    /// Cannot be changed here; SDKs send `production` with every change, so it is ignored.
    #[serde(rename = "type")]
    #[expect(dead_code, reason = "clients may send it; that it is not looked at is what is meant")]
    pub(crate) kind: Option<String>,
    /// Cannot be changed here: what was not seen to work is not stored. Empty objects are ignored.
    #[schema(value_type = Option<Object>)]
    pub(crate) credentials: Option<Value>,
    /// As `credentials`.
    #[schema(value_type = Option<Object>)]
    pub(crate) secrets: Option<Value>,
    /// As `credentials`.
    #[schema(value_type = Option<Object>)]
    pub(crate) setup_information: Option<Value>,
}

impl LinkedAccount {
    /// The account as clients see it.
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
            status: status.as_str(),
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
