//! A dated event in the life of a provider or a method.

use crate::choice::LifecycleEvent;
use crate::source::Span;

/// A dated event.
#[derive(Clone, Debug)]
pub struct Lifecycle {
    /// What happens.
    pub event: LifecycleEvent,
    /// When: `YYYY-MM-DD`, a day of the calendar.
    pub on: String,
    /// What it means.
    pub says: String,
    /// Where the provider says so.
    pub source: String,
    /// Where it stands.
    pub span: Span,
}
