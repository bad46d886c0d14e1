//! The shape of scenarios: written conversations with the provider.

use schemars::JsonSchema;
use serde::Deserialize;

use super::common::{Names, Text};
use super::forms::{AnyJson, Entries};
use crate::http::Fault;
use crate::outcome::OutcomeKind;
use crate::spanned::Spanned;

/// A written conversation with the provider.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScenarioShape {
    /// What happens, in a few words.
    #[schemars(example = &"a revoked token")]
    pub(crate) name: Text,
    /// The environment chosen; the first if left out.
    pub(crate) environment: Option<Text>,
    /// What is typed, by field.
    pub(crate) given: Entries<Text>,
    /// The id of the account that was linked before, for a conversation about linking again.
    pub(crate) linked_before: Option<Text>,
    /// Whether the person agrees to try the other environments.
    #[serde(default)]
    pub(crate) agrees: bool,
    /// The tokens that signing in in a browser gave, by name, where the conversation begins after that.
    #[serde(default)]
    pub(crate) tokens: Entries<Text>,
    /// The scopes that are wanted; all, if left out.
    #[serde(default)]
    pub(crate) scopes: Names,
    /// What is asked and answered, in order.
    #[schemars(length(min = 1))]
    pub(crate) talk: Vec<TurnShape>,
    /// What must be concluded.
    pub(crate) then: ThenShape,
}

/// A request and what comes back.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TurnShape {
    /// The request: method and path.
    #[schemars(example = &"GET /api/v1/me")]
    pub(crate) request: Text,
    /// The environment asked, where it is not the scenario's.
    pub(crate) environment: Option<Text>,
    /// What the provider answers.
    pub(crate) response: Option<ResponseShape>,
    /// … or how the request fails.
    pub(crate) fails: Option<Fault>,
}

/// What the provider answers.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResponseShape {
    /// The status.
    #[schemars(range(min = 100, max = 599))]
    pub(crate) status: u16,
    /// Headers.
    #[serde(default)]
    pub(crate) headers: Entries<Text>,
    /// A JSON body.
    pub(crate) json: Option<AnyJson>,
    /// A body of plain text.
    pub(crate) text: Option<Text>,
    /// A body of HTML.
    pub(crate) html: Option<Text>,
}

/// What must be concluded.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ThenShape {
    /// The outcome.
    pub(crate) outcome: Spanned<OutcomeKind>,
    /// The rule that says so, where one does.
    pub(crate) rule: Option<Text>,
    /// The field to change.
    pub(crate) at_field: Option<Text>,
    /// The step to go back to.
    pub(crate) return_to: Option<Text>,
    /// The account found.
    pub(crate) account: Option<FoundShape>,
    /// The environment to which the credentials turned out to belong.
    pub(crate) environment: Option<Text>,
    /// The checks that may fail, and did.
    #[serde(default)]
    pub(crate) missed: Names,
}

/// The account found.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FoundShape {
    /// Its id.
    pub(crate) id: Text,
    /// Its name.
    pub(crate) name: Option<Text>,
}
