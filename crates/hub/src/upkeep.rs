//! Removes expired rows: sessions, attempts, sealed data, counters, stored responses, leases and events.
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

/// How long a session and its attempts are kept for support after the session expires, and how long an event is kept, in
/// hours.
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
    let events = vault.delete_old_events(old).await?;
    if 0 < sessions + sealed + counts + answers + leases + events {
        tracing::debug!(sessions, sealed, counts, answers, leases, events, "removed expired rows");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use vault::{By, CreatedFrom, KeySource, NewAccount, Replacing};

    use super::*;

    #[tokio::test]
    async fn events_are_removed_after_thirty_days() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open(folder.path(), KeySource::File(folder.path().join("key"))).await.unwrap();
        let now: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
        let days = |n: i64| now.checked_sub((24 * n).hours()).unwrap();
        for age in [31, 29] {
            let new =
                NewAccount { provider: "acme".to_owned(), secrets: BTreeMap::new(), ..NewAccount::default() };
            let by = By::new("test", days(age));
            vault.store(&new, Replacing::Nothing, CreatedFrom::default(), by).await.unwrap();
        }
        remove_expired(&vault, now).await.unwrap();
        let left = vault.events_after(0, 10).await.unwrap();
        assert_eq!(left.iter().map(|event| event.seq).collect::<Vec<_>>(), [2]);
    }
}
