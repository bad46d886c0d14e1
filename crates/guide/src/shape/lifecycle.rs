//! The shape of a dated event in the life of a provider or a method.

use schemars::JsonSchema;
use serde::Deserialize;

use super::text::Text;
use crate::choice::LifecycleEvent;

/// A dated event in the life of a provider or method.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LifecycleShape {
    /// The kind of event.
    pub(crate) event: LifecycleEvent,
    /// The date of the event, as `YYYY-MM-DD`.
    #[schemars(regex(pattern = r"^\d{4}-\d{2}-\d{2}$"))]
    pub(crate) on: Text,
    /// What the event means for people who link accounts.
    pub(crate) says: Text,
    /// The URL of the provider's announcement.
    pub(crate) source: Text,
}
