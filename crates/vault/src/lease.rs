//! Leases: which task of which process does something exclusively.
//!
//! **Invariant:** a name has one holder at a time across all processes, and no longer than the lease says, so the
//! lease of a holder that died runs out. Taking a lease changes nothing about the thing itself, its version included.

use jiff::Timestamp;

use crate::error::StoreError;
use crate::open::Vault;
use crate::row::stamp;
use crate::writer::Writer;

impl Vault {
    /// Takes or renews the lease of a name. `holder` names a task, uniquely among all processes. `false` if another
    /// holder has the lease.
    pub async fn lease(
        &self,
        what: &str,
        holder: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        // This read only saves those who wait a write. What it finds is decided again in the transaction.
        let other: Option<String> =
            sqlx::query_scalar("select holder from leases where what = $1 and holder <> $2 and ends > $3")
                .bind(what)
                .bind(holder)
                .bind(stamp(now))
                .fetch_optional(&self.readers)
                .await?;
        if other.is_some() {
            return Ok(false);
        }
        self.take_lease(what, holder, now, until).await
    }
}

impl Writer {
    async fn take_lease(
        &self,
        what: &str,
        holder: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut work = self.begin().await?;
        let done = sqlx::query(
            "insert into leases (what, holder, ends) values ($1, $2, $4) \
             on conflict (what) do update set holder = excluded.holder, ends = excluded.ends \
             where leases.holder = $2 or leases.ends <= $3",
        )
        .bind(what)
        .bind(holder)
        .bind(stamp(now))
        .bind(stamp(until))
        .execute(work.tx())
        .await?;
        work.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// Gives up a lease, if this holder has it.
    pub async fn release(&self, what: &str, holder: &str) -> Result<(), StoreError> {
        let mut work = self.begin().await?;
        sqlx::query("delete from leases where what = $1 and holder = $2")
            .bind(what)
            .bind(holder)
            .execute(work.tx())
            .await?;
        work.commit().await
    }

    /// Deletes leases that ran out before a time, which processes that died left behind. Returns how many there were.
    pub async fn delete_expired_leases(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut work = self.begin().await?;
        let done =
            sqlx::query("delete from leases where ends < $1").bind(stamp(before)).execute(work.tx()).await?;
        work.commit().await?;
        Ok(done.rows_affected())
    }
}
