//! Deletes rows that are no longer needed, a limited number at a time.
//!
//! **Invariant:** a transaction deletes at most as many rows as the caller allows, and finds them through an index, so it
//! never blocks other writers for long. Several processes may delete rows at the same time: each row is deleted once.

use jiff::Timestamp;
use sqlx::Row as _;

use crate::error::StoreError;
use crate::row::stamp;
use crate::sealed::{self, Content};
use crate::writer::{Work, Writer};

/// Rows that are deleted once their time has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stale {
    /// Link attempts, with their transcripts, that expired before the given time.
    Attempts,
    /// Sessions that ended before the given time, with their browsers and sign-ins. Delete the attempts first: a link
    /// attempt ends with its session.
    Sessions,
    /// Entries in the audit trail that are older than the given time.
    AuditEntries,
    /// Events in the outbox that are older than the given time. An event describes its account, so it must not remain
    /// for long after the account is deleted.
    Events,
    /// Sealed data that expires at or before the given time: drafts, snapshots, sign-ins and stored responses.
    Sealed,
    /// Counters for spans that end at or before the given time.
    Counters,
    /// Idempotency keys that expire at or before the given time. The stored responses expire separately.
    IdempotencyKeys,
    /// Leases that expired before the given time, because their holders neither renewed nor released them.
    Leases,
}

impl Stale {
    /// Returns the statement that deletes up to `$2` rows whose time is before `$1`.
    fn statement(self) -> &'static str {
        match self {
            Self::Attempts => {
                "delete from attempts where id in \
                 (select id from attempts where expires_at < $1 order by expires_at limit $2) returning id"
            }
            Self::Sessions => {
                "delete from sessions where seq in (select seq from sessions where expires_at < $1 \
                 and (extended_until is null or extended_until < $1) order by expires_at limit $2)"
            }
            Self::AuditEntries => {
                "delete from audit where seq in (select seq from audit where at < $1 order by at limit $2)"
            }
            Self::Events => {
                "delete from outbox where seq in \
                 (select seq from outbox where created_at < $1 order by created_at limit $2)"
            }
            Self::Sealed => {
                "delete from sealed where (kind, key) in \
                 (select kind, key from sealed where expires_at <= $1 order by expires_at limit $2)"
            }
            Self::Counters => {
                "delete from counters where (bucket, span) in \
                 (select bucket, span from counters where ends <= $1 order by ends limit $2)"
            }
            Self::IdempotencyKeys => {
                "delete from idempotency where (api_key_id, idem_key) in \
                 (select api_key_id, idem_key from idempotency where expires_at <= $1 order by expires_at limit $2)"
            }
            Self::Leases => {
                "delete from leases where what in (select what from leases where ends < $1 order by ends limit $2)"
            }
        }
    }
}

impl Writer {
    /// Deletes up to `limit` rows whose time is before the given time, and returns the number of deleted rows. If that
    /// number is `limit`, there may be more.
    pub async fn prune(&self, stale: Stale, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let mut work = self.begin().await?;
        let deleted = delete(&mut work, stale, before, limit).await?;
        work.commit().await?;
        Ok(deleted)
    }
}

/// Deletes up to `limit` rows in a transaction.
pub(crate) async fn delete(
    work: &mut Work,
    stale: Stale,
    before: Timestamp,
    limit: u32,
) -> Result<u64, StoreError> {
    let statement = sqlx::query(stale.statement()).bind(stamp(before)).bind(i64::from(limit));
    if stale != Stale::Attempts {
        return Ok(statement.execute(work.tx()).await?.rows_affected());
    }
    let rows = statement.fetch_all(work.tx()).await?;
    for row in &rows {
        sealed::delete(work.tx(), Content::Transcript, row.try_get("id")?).await?;
    }
    Ok(rows.len() as u64)
}
