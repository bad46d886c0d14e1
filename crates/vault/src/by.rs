//! The author and the time of a change.

use jiff::Timestamp;

use crate::row::whole_milliseconds;

/// Who makes a change, and when. The audit trail records both. All rows that one change writes have the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct By<'a> {
    pub(crate) actor: &'a str,
    pub(crate) at: Timestamp,
}

impl<'a> By<'a> {
    /// `actor` names a person or program: `key:key_…`, `session:17`, `cli`. The time is truncated to the milliseconds
    /// that the database stores.
    pub fn new(actor: &'a str, at: Timestamp) -> Self {
        Self { actor, at: whole_milliseconds(at) }
    }
}
