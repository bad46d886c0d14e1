//! Removes expired rows: sessions, attempts, sealed data, counters, stored responses and leases.
//!
//! **Invariant:** correctness never depends on removing rows: expired rows are ignored wherever they are read.

use std::sync::Arc;
use std::time::Duration;

use jiff::{Timestamp, ToSpan as _};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use vault::{StoreError, Vault};

/// How often expired rows are removed.
const INTERVAL: Duration = Duration::from_mins(10);

/// How long a session and its attempts are kept for support after the session expires, in hours.
const RETENTION_HOURS: i64 = 30 * 24;

/// Periodically removes expired rows until the Hub stops.
pub(crate) async fn run(vault: Arc<Vault>, stop: CancellationToken) {
    // Waits before the first removal, because removing rows is not urgent and would slow down startup.
    while stop.run_until_cancelled(sleep(INTERVAL)).await.is_some() {
        if let Err(error) = remove_expired(&vault, Timestamp::now()).await {
            tracing::warn!(%error, "could not remove expired rows");
        }
    }
}

async fn remove_expired(vault: &Vault, now: Timestamp) -> Result<(), StoreError> {
    let old = now.checked_sub(RETENTION_HOURS.hours()).unwrap_or(Timestamp::UNIX_EPOCH);
    let sessions = vault.delete_expired_sessions(old).await?;
    let sealed = vault.delete_expired_sealed(now).await?;
    let counts = vault.delete_expired_counters(now).await?;
    let answers = vault.delete_expired_idempotency_keys(now).await?;
    let leases = vault.delete_expired_leases(old).await?;
    if 0 < sessions + sealed + counts + answers + leases {
        tracing::debug!(sessions, sealed, counts, answers, leases, "removed expired rows");
    }
    Ok(())
}
