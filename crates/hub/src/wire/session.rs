//! Connect sessions as the API creates and returns them.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use vault::Session;

use super::sdk::Shapes;
use super::stamp;

/// The settings of a new connect session.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ConnectSessionCreate {
    /// Your product's id for the customer. Set it on your server, never from data that a browser sends.
    #[schema(max_length = 255)]
    pub(crate) origin_owner_id: String,
    /// The customer's name. The linking pages show it.
    #[schema(max_length = 255)]
    pub(crate) origin_owner_name: String,
    /// The name of the person who links the account.
    #[schema(max_length = 255)]
    pub(crate) origin_username: Option<String>,
    /// Limits the session to the provider with this key. If omitted, all providers are offered.
    pub(crate) provider: Option<String>,
    /// Limits the session to providers in these categories.
    pub(crate) categories: Option<Vec<String>>,
    /// The id of the account to edit. It must belong to the same customer.
    pub(crate) account_id: Option<String>,
    /// How long the session is valid, in seconds. Defaults to 1800.
    #[schema(minimum = 1)]
    pub(crate) expires_in: Option<f64>,
    /// Whether to link another account if the customer already has an account at the provider. Defaults to false.
    pub(crate) multiple: Option<bool>,
    /// Whether a different account at the provider may replace the linked account. By default, a different account is
    /// refused.
    pub(crate) allow_different: Option<bool>,
    /// The provider's scopes that your product needs; steps, checks and consent for other scopes are skipped. Requires
    /// `provider`.
    pub(crate) scopes: Option<Vec<String>>,
    /// A label that distinguishes the customer's accounts.
    #[schema(value_type = Option<String>)]
    pub(crate) label: Option<Value>,
    /// `production`, or `test` for test data. Defaults to the type of the API key.
    #[serde(rename = "type")]
    #[schema(value_type = Option<String>)]
    pub(crate) kind: Option<String>,
    /// Your product's own data, stored with the account.
    pub(crate) metadata: Option<Map<String, Value>>,
    /// Limits the session to the connector profile with this id.
    pub(crate) connector_profile_id: Option<String>,
    /// The same as `connector_profile_id`, under StackOne's older name.
    pub(crate) integration_id: Option<String>,
    /// The origins of the pages that may embed the linking pages, for example `https://app.example.com`. Defaults to
    /// the origins that the Hub allows.
    pub(crate) allowed_origins: Option<Vec<String>>,
    /// The URL to which the person returns after linking. Its origin must be an allowed origin.
    pub(crate) return_url: Option<String>,
    /// Whether the session is single-use: only the first browser that opens the link, or only the widget that uses the
    /// token first, can continue, and the session ends when it has linked an account. Defaults to false.
    pub(crate) single_use: Option<bool>,
    /// The language of the linking pages, for example `de`. Defaults to the browser's language.
    pub(crate) language: Option<String>,
}

/// A connect session: it lets one customer link accounts for a limited time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConnectSession {
    /// The session's id.
    pub(crate) id: i64,
    /// The organization's id, which is always `"1"`. For StackOne's SDKs from before 2026-02, it is the number 1.
    #[schema(value_type = String)]
    pub(crate) organization_id: Value,
    /// The project's id.
    pub(crate) project_id: String,
    /// The categories that the session is limited to. Omitted if there is no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) categories: Option<Vec<String>>,
    /// The key of the provider that the session is limited to. Null if there is no limit.
    pub(crate) provider: Option<String>,
    /// Your product's id for the customer.
    pub(crate) origin_owner_id: String,
    /// The customer's name.
    pub(crate) origin_owner_name: String,
    /// The name of the person who links the account, if your product set it.
    pub(crate) origin_username: Option<String>,
    /// The id of the account to edit. Null if the session links a new account.
    pub(crate) account_id: Option<String>,
    /// The label for the linked account.
    pub(crate) label: Option<String>,
    /// Your product's own data, stored with the account.
    pub(crate) metadata: Map<String, Value>,
    /// `production` or `test`.
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    /// The id of the connector profile that the session is limited to. Null if there is no limit.
    pub(crate) connector_profile_id: Option<String>,
    /// The same as `connector_profile_id`, under StackOne's older name.
    pub(crate) integration_id: Option<String>,
    /// When the session was created (RFC 3339, UTC).
    pub(crate) created_at: String,
    /// When the session expires (RFC 3339, UTC).
    pub(crate) expires_at: String,
}

/// A new connect session, with its token.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConnectSessionToken {
    /// The session itself.
    #[serde(flatten)]
    pub(crate) session: ConnectSession,
    /// The session's token, which gives access to the linking pages. It is returned only once.
    pub(crate) token: String,
    /// The URL of the page where the customer links accounts. It contains the token, so send it only to that customer.
    pub(crate) auth_link_url: String,
}

/// A session token to look up.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ConnectSessionAuthenticate {
    /// The token of a connect session.
    pub(crate) token: String,
}

/// The categories that StackOne's SDK recognizes. The SDK rejects a response that contains any other value.
const SDK_CATEGORIES: [&str; 13] = [
    "ats",
    "hris",
    "hris-legacy",
    "crm",
    "iam",
    "marketing",
    "lms",
    "stackone",
    "documents",
    "ticketing",
    "screening",
    "messaging",
    "accounting",
];

impl ConnectSession {
    /// Converts a session to its API representation, in the shape that the client expects.
    pub(crate) fn new(session: &Session, shapes: Shapes) -> Self {
        let parameters = &session.parameters;
        let known: Vec<String> = parameters
            .categories
            .iter()
            .filter(|one| SDK_CATEGORIES.contains(&one.as_str()))
            .cloned()
            .collect();
        Self {
            id: session.seq,
            organization_id: if shapes.numeric_organization { Value::from(1) } else { Value::from("1") },
            project_id: parameters.project.clone(),
            categories: (!known.is_empty()).then_some(known),
            provider: parameters.provider.clone(),
            origin_owner_id: parameters.owner.id.clone(),
            origin_owner_name: parameters.owner.name.clone(),
            origin_username: parameters.owner.username.clone(),
            account_id: parameters.account.clone(),
            label: parameters.label.clone(),
            metadata: parameters.metadata.clone(),
            kind: parameters.kind.as_str(),
            connector_profile_id: parameters.connector_profile.clone(),
            integration_id: parameters.connector_profile.clone(),
            created_at: stamp(session.created_at),
            expires_at: stamp(parameters.expires_at),
        }
    }
}

/// Returns the time that is `seconds` seconds from now, or `None` if `seconds` is less than 1 or greater than
/// `longest`.
pub(crate) fn after(now: Timestamp, seconds: f64, longest: u64) -> Option<Timestamp> {
    let seconds = Duration::try_from_secs_f64(seconds).ok()?.as_secs();
    let seconds = i64::try_from(seconds).ok().filter(|_| (1..=longest).contains(&seconds))?;
    Timestamp::from_second(now.as_second().checked_add(seconds)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_out_of_range_are_refused() {
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(after(now, 1800.0, 86_400).unwrap().as_second(), 1800);
        for seconds in [0.0, -5.0, 0.5, f64::NAN, f64::INFINITY, 86_401.0, 1e300] {
            assert_eq!(after(now, seconds, 86_400), None, "{seconds}");
        }
    }
}
