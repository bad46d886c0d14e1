//! The shape of a dated event in the life of a provider or a method.

use schemars::JsonSchema;
use serde::Deserialize;

use super::common::Text;
use crate::choice::LifecycleEvent;

/// A dated event.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LifecycleShape {
    /// What happens.
    pub(crate) event: LifecycleEvent,
    /// When, as `YYYY-MM-DD`.
    #[schemars(regex(pattern = r"^\d{4}-\d{2}-\d{2}$"))]
    pub(crate) on: Text,
    /// What it means for whoever links an account.
    pub(crate) says: Text,
    /// Where the provider says so.
    pub(crate) source: Text,
}
