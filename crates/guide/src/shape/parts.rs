//! Small shapes that other shapes share.

use schemars::JsonSchema;
use serde::Deserialize;

use super::forms::{OneOrMany, Text};
use crate::choice::{Carrier, LifecycleEvent};
use crate::spanned::Spanned;

/// A warning to allow, with the reason.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AllowShape {
    /// The warning's code.
    #[schemars(regex(pattern = r"^W\d{4}$"), example = &"W0301")]
    pub(crate) code: Text,
    /// Why the warning does not apply here.
    #[schemars(length(min = 10))]
    pub(crate) reason: String,
}

/// A response value to keep, in the long form.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaptureShape {
    /// The value's JSON path in the response.
    #[schemars(example = &"incoming_webhook.url")]
    pub(crate) at: Text,
    /// Whether a response without the value is a failure. Requests cannot use a value that is not required.
    #[serde(default = "yes")]
    pub(crate) required: bool,
}

const fn yes() -> bool {
    true
}

/// A condition. It holds only if all of its keys match.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConditionShape {
    /// The environment in which the condition holds, or a list of environments.
    #[serde(default)]
    pub(crate) environment: OneOrMany<Text>,
    /// The field whose value is compared.
    pub(crate) field: Option<Text>,
    /// The value that `field` must have, or a list of possible values.
    #[serde(default)]
    pub(crate) is: OneOrMany<Text>,
}

/// A dated event that affects a provider or method.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LifecycleShape {
    /// The kind of event.
    pub(crate) event: LifecycleEvent,
    /// The date of the event, as `YYYY-MM-DD`.
    #[schemars(regex(pattern = r"^\d{4}-\d{2}-\d{2}$"))]
    pub(crate) on: Text,
    /// What the event means for people who link accounts.
    pub(crate) says: String,
    /// The URL of the provider's announcement.
    pub(crate) source: Text,
}

/// A part of a request that carries a credential.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CarrierShape {
    /// The part of the request.
    pub(crate) r#in: Spanned<Carrier>,
    /// The name of the header, query parameter, cookie or body member.
    #[schemars(example = &"X-API-Key")]
    pub(crate) name: Text,
    /// The value.
    #[schemars(example = &"Token {{ value.api_key }}")]
    pub(crate) value: Text,
}
