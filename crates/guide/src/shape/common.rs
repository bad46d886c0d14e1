//! The shapes that several parts of a guide share.

use schemars::JsonSchema;
use serde::Deserialize;

use super::forms::OneOrMany;
use crate::spanned::Spanned;

/// A string with its place.
pub(crate) type Text = Spanned<String>;

/// A list of names, or one name.
pub(crate) type Names = OneOrMany<Text>;

/// A warning that is as it should be.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AllowShape {
    /// The finding's code.
    #[schemars(regex(pattern = r"^W\d{4}$"), example = &"W0301")]
    pub(crate) code: Text,
    /// Why it is right here.
    #[schemars(length(min = 10))]
    pub(crate) reason: Text,
}

/// When something applies: every line must be true.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConditionShape {
    /// The environment is this, or one of these.
    #[serde(default)]
    pub(crate) environment: OneOrMany<Text>,
    /// A field has this value, or one of these.
    pub(crate) field: Option<Text>,
    /// The value or values meant by `field`.
    #[serde(default)]
    pub(crate) is: OneOrMany<Text>,
}
