//! Removes what is past its time: sessions, attempts, sealed, counters, kept answers.
//!
//! **Invariant:** removing is never needed for safety: expired rows are ignored wherever they are read.

use std::sync::Arc;
use std::time::Duration;

use jiff::{Timestamp, ToSpan as _};
use vault::{StoreError, Vault};

use crate::tasks::Stop;

/// How often expired rows are removed.
const EVERY: Duration = Duration::from_mins(10);

/// Hours for which a session is kept after its end, with its attempts, for support.
const KEPT_HOURS: i64 = 30 * 24;

/// Removes expired rows.
pub(crate) struct Upkeep {
    vault: Arc<Vault>,
}

impl Upkeep {
    pub(crate) fn new(vault: Arc<Vault>) -> Self {
        Self { vault }
    }

    /// Removes them every few minutes, until it is time to stop.
    pub(crate) async fn run(self, mut stop: Stop) {
        loop {
            // First a pause: a start has enough to do, and nothing is gained by haste.
            tokio::select! {
                () = stop.asked() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
            if let Err(error) = self.remove_expired(Timestamp::now()).await {
                tracing::warn!(%error, "expired rows could not be removed");
            }
        }
    }

    async fn remove_expired(&self, now: Timestamp) -> Result<(), StoreError> {
        let old = now.checked_sub(KEPT_HOURS.hours()).unwrap_or(Timestamp::UNIX_EPOCH);
        let sessions = self.vault.delete_expired_sessions(old).await?;
        let sealed = self.vault.delete_expired_sealed(now).await?;
        let counts = self.vault.delete_expired_counters(now).await?;
        let answers = self.vault.delete_expired_idempotency_keys(now).await?;
        let leases = self.vault.delete_expired_leases(old).await?;
        if 0 < sessions + sealed + counts + answers + leases {
            tracing::debug!(sessions, sealed, counts, answers, leases, "removed expired rows");
        }
        Ok(())
    }
}
