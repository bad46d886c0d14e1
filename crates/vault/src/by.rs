//! The author and time of a change.

use jiff::Timestamp;

use crate::row::whole_milliseconds;

/// Who makes a change, and when. The audit trail records both. All rows written by one change have the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct By<'a> {
    pub(crate) actor: &'a str,
    pub(crate) at: Timestamp,
}

impl<'a> By<'a> {
    /// Combines the author and time of a change. `actor` identifies a person or program: `key:key_…`, `session:17` or
    /// `cli`. The time is truncated to milliseconds, the precision of the database.
    pub fn new(actor: &'a str, at: Timestamp) -> Self {
        Self { actor, at: whole_milliseconds(at) }
    }
}
