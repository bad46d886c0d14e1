//! The shape of a warning that is intentional.

use schemars::JsonSchema;
use serde::Deserialize;

use super::text::Text;

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
