//! Shapes for scenarios, which are conversations with the provider.

use schemars::JsonSchema;
use serde::Deserialize;

use super::forms::{AnyJson, Entries, Names, Text};
use crate::http::Fault;
use crate::outcome::OutcomeKind;
use crate::spanned::Spanned;

/// A conversation with the provider. It tests the guide and drives the simulator.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScenarioShape {
    /// What happens, in a few words.
    #[schemars(example = &"a revoked token")]
    pub(crate) name: Text,
    /// The chosen environment. Default: the first environment.
    pub(crate) environment: Option<Text>,
    /// The entered values, by field.
    pub(crate) given: Entries<Text>,
    /// The id of the previously linked account, for scenarios that reconnect an account.
    pub(crate) linked_before: Option<String>,
    /// Whether the person agrees to try other environments.
    #[serde(default)]
    pub(crate) agrees: bool,
    /// The tokens obtained by signing in with a browser, by name. The conversation begins after the sign-in.
    #[serde(default)]
    pub(crate) tokens: Entries<Text>,
    /// The error with which the provider redirects the browser back instead of granting access, such as
    /// `{ error: access_denied }`. A scenario with an error has no `talk`.
    #[serde(default)]
    pub(crate) denied: Entries<Text>,
    /// The chosen scopes. Default: all.
    #[serde(default)]
    pub(crate) scopes: Names,
    /// The requests with their responses, in order. Required unless the scenario has `denied`.
    #[serde(default)]
    pub(crate) talk: Vec<TurnShape>,
    /// The expected result.
    pub(crate) then: ThenShape,
}

/// A request with its response.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TurnShape {
    /// The HTTP method and path of the request.
    #[schemars(example = &"GET /api/v1/me")]
    pub(crate) request: Text,
    /// The environment that receives the request. Default: the scenario's environment.
    pub(crate) environment: Option<Text>,
    /// What the provider's documentation says that the request contains. The scenario fails if the request lacks any of
    /// it.
    pub(crate) sends: Option<SendsShape>,
    /// The provider's response. Exactly one of `response` and `fails` is required.
    pub(crate) response: Option<ResponseShape>,
    /// The fault that occurs instead of a response.
    pub(crate) fails: Option<Fault>,
}

/// The parts that a request must contain, as it is sent. It may contain more. Strings can contain references, such as
/// `{{ value.api_token }}`.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1))]
pub(crate) struct SendsShape {
    /// The headers, by name.
    #[serde(default)]
    pub(crate) headers: Entries<Text>,
    /// The query parameters, by name.
    #[serde(default)]
    pub(crate) query: Entries<Text>,
    /// The JSON body. Objects may contain more members; everything else must be equal.
    pub(crate) json: Option<AnyJson>,
    /// The fields of a form body, by name.
    #[serde(default)]
    pub(crate) form: Entries<Text>,
}

/// The provider's response.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResponseShape {
    /// The HTTP status.
    #[schemars(range(min = 100, max = 599))]
    pub(crate) status: u16,
    /// The headers.
    #[serde(default)]
    pub(crate) headers: Entries<Text>,
    /// A JSON body.
    pub(crate) json: Option<AnyJson>,
    /// A plain-text body.
    pub(crate) text: Option<String>,
    /// An HTML body.
    pub(crate) html: Option<String>,
}

/// The expected result of a scenario.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ThenShape {
    /// The expected outcome.
    pub(crate) outcome: Spanned<OutcomeKind>,
    /// The key of the outcome rule that must match.
    pub(crate) rule: Option<Text>,
    /// The field whose value people have to change.
    pub(crate) at_field: Option<Text>,
    /// The step that people must return to.
    pub(crate) return_to: Option<Text>,
    /// The account that the identity check must find.
    pub(crate) account: Option<FoundShape>,
    /// The environment in which the credentials must be valid.
    pub(crate) environment: Option<Text>,
    /// The optional checks that must fail.
    #[serde(default)]
    pub(crate) missed: Names,
}

/// The account that the identity check must find.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FoundShape {
    /// The account's id.
    pub(crate) id: String,
    /// The account's name.
    pub(crate) name: Option<String>,
}
