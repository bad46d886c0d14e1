//! Who is at something, among all processes.
//!
//! **Invariant:** one holder at a time, of whatever process, and none for longer than it said: who dies is missed when its
//! time is over. To hold something changes nothing of it, its version included.

use jiff::Timestamp;

use crate::error::StoreError;
use crate::open::Vault;
use crate::row::stamp;

impl Vault {
    /// Takes something for a while, or for a while longer; `false`: another holder has it.
    pub async fn lease(
        &self,
        what: &str,
        holder: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        // Read first: whoever waits, or only asks how things stand, costs no write.
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

    /// Gives it back.
    pub async fn release(&self, what: &str, holder: &str) -> Result<(), StoreError> {
        let mut work = self.begin().await?;
        sqlx::query("delete from leases where what = $1 and holder = $2")
            .bind(what)
            .bind(holder)
            .execute(work.tx())
            .await?;
        work.commit().await
    }

    /// Forgets what nobody has held for long: what a process that died left behind.
    pub async fn forget_leases(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut work = self.begin().await?;
        let done =
            sqlx::query("delete from leases where ends < $1").bind(stamp(before)).execute(work.tx()).await?;
        work.commit().await?;
        Ok(done.rows_affected())
    }
}
