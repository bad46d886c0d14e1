//! Leases. A lease gives one task in one process the exclusive right to do something for a limited time.
//!
//! **Invariant:** at any time, a name has at most one holder across all processes. A lease expires unless it is
//! renewed, so it also ends if its holder dies. Taking a lease does not change the item that the lease protects.

use jiff::Timestamp;

use crate::error::StoreError;
use crate::open::Vault;
use crate::row::stamp;
use crate::writer::Writer;

impl Vault {
    /// Takes or renews the lease on the name `what`. `holder` identifies the task and must be unique across all
    /// processes. Returns `false` if another holder has the lease.
    pub async fn lease(
        &self,
        what: &str,
        holder: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        // Reads before writing, so that a task waiting for the lease does not write on every attempt. The statement
        // that takes the lease checks the holder again.
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
        let take = sqlx::query(
            "insert into leases (what, holder, ends) values ($1, $2, $4) \
             on conflict (what) do update set holder = excluded.holder, ends = excluded.ends \
             where leases.holder = $2 or leases.ends <= $3",
        );
        let take = take.bind(what).bind(holder).bind(stamp(now)).bind(stamp(until));
        Ok(self.execute(take).await? == 1)
    }
}

impl Writer {
    /// Ends a lease if this holder has it.
    pub async fn release(&self, what: &str, holder: &str) -> Result<(), StoreError> {
        let delete = sqlx::query("delete from leases where what = $1 and holder = $2");
        self.execute(delete.bind(what).bind(holder)).await?;
        Ok(())
    }
}
