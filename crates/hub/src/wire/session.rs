//! Connect sessions on the wire.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use vault::Session;

use super::stamp;

/// What a connect session is made with.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ConnectSessionCreate {
    /// What your product calls the customer. Set it on your server, never from what a browser sends.
    #[schema(max_length = 255)]
    pub(crate) origin_owner_id: String,
    /// The customer's name, as the person sees it.
    #[schema(max_length = 255)]
    pub(crate) origin_owner_name: String,
    /// The person who links.
    #[schema(max_length = 255)]
    pub(crate) origin_username: Option<String>,
    /// The only provider that may be linked.
    pub(crate) provider: Option<String>,
    /// The only categories that are offered.
    pub(crate) categories: Option<Vec<String>>,
    /// The account that is edited.
    pub(crate) account_id: Option<String>,
    /// For how many seconds the session is open; 1800, if left out.
    #[schema(minimum = 1)]
    pub(crate) expires_in: Option<f64>,
    /// Whether another account is linked though this owner has one at the provider.
    pub(crate) multiple: Option<bool>,
    /// Whether another account at the provider may take the place of the one that is linked; otherwise that is refused.
    pub(crate) allow_different: Option<bool>,
    /// The provider's scopes that your product needs: steps, checks and consent for others are left out. With `provider`.
    pub(crate) scopes: Option<Vec<String>>,
    /// What the account will be called.
    #[schema(value_type = Option<String>)]
    pub(crate) label: Option<Value>,
    /// `production`, or `test` for trying out.
    #[serde(rename = "type")]
    #[schema(value_type = Option<String>)]
    pub(crate) kind: Option<String>,
    /// What your product keeps with the account.
    pub(crate) metadata: Option<Map<String, Value>>,
    /// The only connector profile that may be used.
    pub(crate) connector_profile_id: Option<String>,
    /// Its older name.
    pub(crate) integration_id: Option<String>,
    /// The origins of the pages that may embed the linking pages.
    pub(crate) allowed_origins: Option<Vec<String>>,
    /// Where the person goes when done. Of an allowed origin.
    pub(crate) return_url: Option<String>,
    /// Whether the link opens in one browser only: the first.
    pub(crate) single_use: Option<bool>,
    /// The language of the pages; that of the browser, if left out.
    pub(crate) language: Option<String>,
}

/// A connect session.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConnectSession {
    /// Its number.
    pub(crate) id: i64,
    /// The organization: a number for clients of StackOne's API before 2026-02, a text for later ones.
    #[schema(value_type = Value)]
    pub(crate) organization_id: Value,
    /// The project.
    pub(crate) project_id: String,
    /// The only categories that are offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) categories: Option<Vec<String>>,
    /// The only provider that may be linked.
    pub(crate) provider: Option<String>,
    /// What your product calls the customer.
    pub(crate) origin_owner_id: String,
    /// The customer's name.
    pub(crate) origin_owner_name: String,
    /// The person who links.
    pub(crate) origin_username: Option<String>,
    /// The account that is edited.
    pub(crate) account_id: Option<String>,
    /// What the account will be called.
    pub(crate) label: Option<String>,
    /// What your product keeps with the account.
    pub(crate) metadata: Map<String, Value>,
    /// `production` or `test`.
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    /// The only connector profile that may be used.
    pub(crate) connector_profile_id: Option<String>,
    /// Its older name.
    pub(crate) integration_id: Option<String>,
    /// When it was made.
    pub(crate) created_at: String,
    /// When it ends.
    pub(crate) expires_at: String,
}

/// A connect session that was just made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConnectSessionToken {
    /// The session.
    #[serde(flatten)]
    pub(crate) session: ConnectSession,
    /// The token: what lets in. It is shown once.
    pub(crate) token: String,
    /// A page on which the customer can link. It holds the token: send it to nobody else.
    pub(crate) auth_link_url: String,
}

/// A token to be looked at.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ConnectSessionAuthenticate {
    /// The token of a session.
    pub(crate) token: String,
}

/// The categories that StackOne's SDK knows; one unknown value makes it refuse the whole answer.
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
    /// The session as a client sees it; `agent` is what the client calls itself.
    pub(crate) fn new(session: &Session, agent: Option<&str>) -> Self {
        let made = &session.made;
        let known: Vec<String> =
            made.categories.iter().filter(|one| SDK_CATEGORIES.contains(&one.as_str())).cloned().collect();
        Self {
            id: session.seq,
            organization_id: organization(agent),
            project_id: made.project.clone(),
            categories: (!known.is_empty()).then_some(known),
            provider: made.provider.clone(),
            origin_owner_id: made.owner.id.clone(),
            origin_owner_name: made.owner.name.clone(),
            origin_username: made.owner.username.clone(),
            account_id: made.account.clone(),
            label: made.label.clone(),
            metadata: made.metadata.clone(),
            kind: made.kind.as_str(),
            connector_profile_id: made.connector_profile.clone(),
            integration_id: made.connector_profile.clone(),
            created_at: stamp(session.created_at),
            expires_at: stamp(made.expires_at),
        }
    }
}

/// One Hub serves one organization. Its id was a number until SDK 4.33 and is a text from 4.34 on
/// (2026-02-09); either refuses the other, so the client's name decides.
fn organization(agent: Option<&str>) -> Value {
    let version = agent.and_then(|agent| agent.split("speakeasy-sdk/typescript ").nth(1));
    let mut numbers = version.unwrap_or_default().split(['.', ' ']).map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) if (4, 34) <= (major, minor) => Value::from("1"),
        _ => Value::from(1),
    }
}

/// The moment so many seconds from now, or nothing if that is no time to speak of.
pub(crate) fn after(now: Timestamp, seconds: f64, longest: u64) -> Option<Timestamp> {
    if !seconds.is_finite() || seconds < 1.0 {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded on both sides")]
    let seconds = seconds.min(1e12) as u64;
    if longest < seconds {
        return None;
    }
    Timestamp::from_second(now.as_second().checked_add(i64::try_from(seconds).ok()?)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_organization_is_what_the_client_can_read() {
        for (agent, expected) in [
            (None, Value::from(1)),
            (Some("curl/8"), Value::from(1)),
            (Some("speakeasy-sdk/typescript 4.28.0 2.720.11 1.0.0 pkg"), Value::from(1)),
            (Some("speakeasy-sdk/typescript 4.34.1 2.8 1.0.0 pkg"), Value::from("1")),
            (Some("speakeasy-sdk/typescript 5.0.0 2.8"), Value::from("1")),
        ] {
            assert_eq!(organization(agent), expected, "{agent:?}");
        }
    }

    #[test]
    fn times_that_are_none_are_refused() {
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(after(now, 1800.0, 86_400).unwrap().as_second(), 1800);
        for seconds in [0.0, -5.0, 0.5, f64::NAN, f64::INFINITY, 86_401.0, 1e300] {
            assert_eq!(after(now, seconds, 86_400), None, "{seconds}");
        }
    }
}
