//! Who renews an account's tokens.
//!
//! **Invariant:** one holder at a time, of whatever process, and none for longer than it said: who dies is missed when its
//! time is over. To hold it changes nothing of the account, its version included.

use jiff::Timestamp;

use crate::error::StoreError;
use crate::id::AccountId;
use crate::open::Vault;
use crate::row::stamp;

impl Vault {
    /// Takes the renewal of an account's tokens for a while, or for a while longer; `false`: another holder has it, or there
    /// is no such account.
    pub async fn lease_renewal(
        &self,
        id: &AccountId,
        holder: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        // Read first: whoever waits costs no write.
        let others: Option<String> = sqlx::query_scalar(
            "select renewer from accounts where id = $1 and renewer is not null and renewer <> $2 and renewer_until > $3",
        )
        .bind(id.as_str())
        .bind(holder)
        .bind(stamp(now))
        .fetch_optional(&self.readers)
        .await?;
        if others.is_some() {
            return Ok(false);
        }
        let mut work = self.begin().await?;
        let done = sqlx::query(
            "update accounts set renewer = $2, renewer_until = $4 \
             where id = $1 and (renewer is null or renewer = $2 or renewer_until <= $3)",
        )
        .bind(id.as_str())
        .bind(holder)
        .bind(stamp(now))
        .bind(stamp(until))
        .execute(work.tx())
        .await?;
        work.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// Gives the renewal back.
    pub async fn release_renewal(&self, id: &AccountId, holder: &str) -> Result<(), StoreError> {
        let mut work = self.begin().await?;
        sqlx::query(
            "update accounts set renewer = null, renewer_until = null where id = $1 and renewer = $2",
        )
        .bind(id.as_str())
        .bind(holder)
        .execute(work.tx())
        .await?;
        work.commit().await
    }
}
