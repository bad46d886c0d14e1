//! The shape of a place in a request that carries a credential.

use schemars::JsonSchema;
use serde::Deserialize;

use super::text::Text;
use crate::choice::Carrier;
use crate::spanned::Spanned;

/// A place in a request that carries a credential.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CarrierShape {
    /// The kind of place.
    pub(crate) r#in: Spanned<Carrier>,
    /// The name of the header, query parameter, cookie or body member.
    #[schemars(example = &"X-API-Key")]
    pub(crate) name: Text,
    /// The value.
    #[schemars(example = &"Token {{ value.api_key }}")]
    pub(crate) value: Text,
}
