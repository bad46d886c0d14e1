//! A dated event that affects a provider or method.

use crate::choice::LifecycleEvent;
use crate::source::Span;

/// A dated event that affects a provider or method.
#[derive(Clone, Debug)]
pub struct Lifecycle {
    /// The kind of event.
    pub event: LifecycleEvent,
    /// The date of the event: a valid date in the form `YYYY-MM-DD`.
    pub on: String,
    /// What the event means for people who link accounts.
    pub says: String,
    /// The URL of the provider's announcement.
    pub source: String,
    /// The location in the source.
    pub span: Span,
}
