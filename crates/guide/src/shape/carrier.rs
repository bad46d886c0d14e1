//! The shape of a place in a request that carries a credential.

use schemars::JsonSchema;
use serde::Deserialize;

use super::common::Text;
use crate::choice::Carrier;
use crate::spanned::Spanned;

/// One place in a request that carries a key.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CarrierShape {
    /// Where it stands.
    pub(crate) r#in: Spanned<Carrier>,
    /// The header's, parameter's, cookie's or body member's name.
    #[schemars(example = &"X-API-Key")]
    pub(crate) name: Text,
    /// What stands there.
    #[schemars(example = &"Token {{ value.api_key }}")]
    pub(crate) value: Text,
}
