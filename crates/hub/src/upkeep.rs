//! Deletes rows whose time has passed: audit entries, sessions, attempts, sealed data, counters, stored responses, leases
//! and events.
//!
//! **Invariant:** correctness never depends on deleting rows: expired rows are ignored wherever they are read. One process
//! at a time deletes rows, in small transactions between which other changes are made.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use vault::{Stale, StoreError, Vault};

use crate::leases::Leases;
use crate::settings::Retention;

/// How often rows are deleted.
const INTERVAL: Duration = Duration::from_mins(10);

/// The maximum number of rows that a transaction deletes.
const BATCH: u32 = 500;

/// How long an event or an expired lease is kept.
const EVENTS: Duration = Duration::from_hours(30 * 24);

/// Deletes the rows that are no longer needed.
pub(crate) struct Upkeep {
    pub(crate) vault: Arc<Vault>,
    pub(crate) leases: Leases,
    pub(crate) retention: Retention,
}

impl Upkeep {
    /// Periodically deletes rows until the Hub stops.
    pub(crate) async fn run(self, stop: CancellationToken) {
        // Waits before the first deletion, because it is not urgent and would slow down startup.
        while stop.run_until_cancelled(sleep(INTERVAL)).await.is_some() {
            let due = due(&self.retention, Timestamp::now());
            let work = prune(Arc::clone(&self.vault), due, BATCH, stop.clone());
            match self.leases.spawn("upkeep".to_owned(), work).await {
                Ok(Ok(running)) => {
                    running.result().await;
                }
                Ok(Err(_)) => {} // Another process is deleting rows.
                Err(error) => tracing::warn!(%error, "could not delete expired rows"),
            }
        }
    }
}

/// Returns what to delete, and for each the time before which a row is no longer needed.
fn due(retention: &Retention, now: Timestamp) -> Vec<(Stale, Timestamp)> {
    let before = |kept: Duration| {
        let kept = SignedDuration::try_from(kept).unwrap_or(SignedDuration::MAX);
        now.saturating_sub(kept).unwrap_or(Timestamp::MIN)
    };
    let unless_forever = |stale, kept: Duration| (!kept.is_zero()).then(|| (stale, before(kept)));
    let Retention { audit, link_attempts } = retention;
    let limited = [
        unless_forever(Stale::AuditEntries, audit.value),
        unless_forever(Stale::Attempts, link_attempts.value),
        unless_forever(Stale::Sessions, link_attempts.value),
    ];
    let always = [
        (Stale::Sealed, now),
        (Stale::Counters, now),
        (Stale::IdempotencyKeys, now),
        (Stale::Leases, before(EVENTS)),
        (Stale::Events, before(EVENTS)),
    ];
    limited.into_iter().flatten().chain(always).collect()
}

/// Deletes all rows that are due, unless the Hub stops first.
async fn prune(vault: Arc<Vault>, due: Vec<(Stale, Timestamp)>, batch: u32, stop: CancellationToken) {
    for (stale, before) in due {
        match prune_one(&vault, (stale, before), batch, &stop).await {
            Ok(0) => {}
            Ok(rows) => tracing::debug!(?stale, rows, "deleted expired rows"),
            Err(error) => tracing::warn!(?stale, %error, "could not delete expired rows"),
        }
    }
}

async fn prune_one(
    vault: &Vault,
    (stale, before): (Stale, Timestamp),
    batch: u32,
    stop: &CancellationToken,
) -> Result<u64, StoreError> {
    let mut rows = 0;
    while !stop.is_cancelled() {
        let deleted = vault.prune(stale, before, batch).await?;
        rows += deleted;
        if deleted < u64::from(batch) {
            break;
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::ToSpan as _;
    use vault::{AuditQuery, By, CreatedFrom, KeySource, NewAccount, Replacing};

    use super::*;
    use crate::settings::{Settings, Sources, read};

    /// Returns the retention with these values of `retention.audit` and `retention.link_attempts`.
    fn retention(audit: &str, link_attempts: &str) -> Retention {
        let variables =
            [("WAYSTONE_RETENTION_AUDIT", audit), ("WAYSTONE_RETENTION_LINK_ATTEMPTS", link_attempts)];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let sources =
            Sources { variables, usual_data: Some("data".into()), flags: BTreeMap::new(), file: None };
        let settings: Settings = read(&sources).settings.unwrap();
        settings.retention
    }

    #[test]
    fn zero_keeps_rows_forever() {
        let now: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
        let kept = |audit, attempts| due(&retention(audit, attempts), now);
        let stale =
            |due: Vec<(Stale, Timestamp)>| due.into_iter().map(|(stale, _)| stale).collect::<Vec<_>>();
        assert_eq!(
            kept("2d", "1d")[..3],
            [
                (Stale::AuditEntries, now - 48.hours()),
                (Stale::Attempts, now - 24.hours()),
                (Stale::Sessions, now - 24.hours()),
            ]
        );
        assert!(!stale(kept("0s", "1d")).contains(&Stale::AuditEntries));
        let forever = stale(kept("0s", "0s"));
        assert!(!forever.contains(&Stale::Attempts) && !forever.contains(&Stale::Sessions));
        assert!(forever.contains(&Stale::Sealed) && forever.contains(&Stale::Events));
        assert_eq!(kept("7000000d", "1d")[0].1, Timestamp::MIN, "longer than time itself");
    }

    #[tokio::test]
    async fn everything_that_is_due_is_deleted_in_several_passes_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open(folder.path(), KeySource::File(folder.path().join("key"))).await.unwrap();
        let vault = Arc::new(vault);
        let now: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
        let days = |n: i64| now.checked_sub((24 * n).hours()).unwrap();
        let project = vault.add_project("Shop", By::new("test", days(401))).await.unwrap().id;
        for age in [31, 31, 31, 31, 31, 29] {
            let new =
                NewAccount { provider: "acme".to_owned(), secrets: BTreeMap::new(), ..NewAccount::default() };
            let by = By::new("test", days(age));
            vault.store(&new, Replacing::Nothing, CreatedFrom::default(), by).await.unwrap();
        }
        let trail = AuditQuery { project, limit: 9, ..AuditQuery::default() };
        let all = due(&retention("402d", "90d"), now);
        prune(Arc::clone(&vault), all, 2, CancellationToken::new()).await;
        let left = vault.events_after(0, 10).await.unwrap();
        assert_eq!(left.iter().map(|event| event.seq).collect::<Vec<_>>(), [6]);
        assert_eq!(vault.audit_of_project(&trail).await.unwrap().len(), 1);
        let all = due(&retention("400d", "90d"), now);
        prune(Arc::clone(&vault), all, 2, CancellationToken::new()).await;
        assert_eq!(vault.audit_of_project(&trail).await.unwrap().len(), 0);
    }
}
