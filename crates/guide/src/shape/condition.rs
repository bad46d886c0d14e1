//! The shape of a condition.

use schemars::JsonSchema;
use serde::Deserialize;

use super::forms::OneOrMany;
use super::text::Text;

/// A condition. Every key in it must hold.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConditionShape {
    /// The environment, or one of several environments, in which the condition holds.
    #[serde(default)]
    pub(crate) environment: OneOrMany<Text>,
    /// The field whose value decides.
    pub(crate) field: Option<Text>,
    /// The value, or one of several values, that `field` must have.
    #[serde(default)]
    pub(crate) is: OneOrMany<Text>,
}
