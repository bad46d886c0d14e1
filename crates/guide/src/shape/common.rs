//! The shapes that several parts of a guide share.

use schemars::JsonSchema;
use serde::Deserialize;

use super::forms::OneOrMany;
use crate::spanned::Spanned;

/// A string with its place.
pub(crate) type Text = Spanned<String>;

/// A list of names, or one name.
pub(crate) type Names = OneOrMany<Text>;

/// A warning that is intentional.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AllowShape {
    /// The warning's code.
    #[schemars(regex(pattern = r"^W\d{4}$"), example = &"W0301")]
    pub(crate) code: Text,
    /// Why the warning does not apply here.
    #[schemars(length(min = 10))]
    pub(crate) reason: Text,
}

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
