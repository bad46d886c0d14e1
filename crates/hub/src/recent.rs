//! A cache whose entries are valid for a second.
//!
//! **Invariant:** a value is returned only to tasks that asked for it within [`VALIDITY`] after its read from the database
//! began, so a change made by another process takes effect within that time. A change made by this process takes effect
//! immediately. If the database cannot be read, a value is not returned after it has expired.

use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use quick_cache::sync::{Cache, EntryAction, EntryResult};
use tokio::time::Instant;
use vault::Vault;

use crate::wire::error::ApiError;

/// How long after a value's read began tasks can ask for it.
const VALIDITY: Duration = Duration::from_secs(1);

/// How long a failure is returned after a read failed. The tasks that waited for the read fail with it, rather than
/// waiting for the database one after another.
const FAILURE_VALIDITY: Duration = Duration::from_millis(100);

/// The maximum number of values. Others are evicted, which costs another read.
const CAPACITY: usize = 10_000;

/// Values that were read from the database, by key.
pub(crate) struct Recent<K, V> {
    vault: Arc<Vault>,
    entries: Cache<K, Entry<V>>,
}

struct Entry<V> {
    result: Result<Arc<V>, ApiError>,
    expires: Instant,
    /// [`vault::Writer::changes`] when the read began.
    changes: u64,
}

impl<V> Clone for Entry<V> {
    fn clone(&self) -> Self {
        Self { result: self.result.clone(), ..*self }
    }
}

impl<K: Clone + Eq + Hash, V> Recent<K, V> {
    pub(crate) fn new(vault: Arc<Vault>) -> Self {
        Self { vault, entries: Cache::new(CAPACITY) }
    }

    /// Returns a value from the cache, or reads it. If several tasks need the same value, only one of them reads it. A
    /// value that does not exist is not cached.
    pub(crate) async fn find(
        &self,
        key: &K,
        read: impl Future<Output = Result<Option<V>, ApiError>>,
    ) -> Result<Option<Arc<V>>, ApiError> {
        // The time counts at which the task asked. Otherwise, a task that waits for a slow read would have to read again.
        let (asked, known) = (Instant::now(), self.vault.changes());
        let check = |_: &K, entry: &mut Entry<V>| {
            if asked < entry.expires && known <= entry.changes {
                EntryAction::Retain(entry.result.clone())
            } else {
                EntryAction::ReplaceWithGuard
            }
        };
        let guard = match self.entries.entry_async(key, check).await {
            EntryResult::Retained(result) => return result.map(Some),
            EntryResult::Replaced(guard, _) | EntryResult::Vacant(guard) => Some(guard),
            EntryResult::Removed(..) | EntryResult::Timeout => None,
        };
        let (began, changes) = (Instant::now(), self.vault.changes());
        let (result, expires) = match read.await.transpose() {
            None => return Ok(None),
            Some(Ok(value)) => (Ok(Arc::new(value)), began + VALIDITY),
            Some(Err(error)) => (Err(error), Instant::now() + FAILURE_VALIDITY),
        };
        if let Some(guard) = guard {
            // This fails if the entry was removed in the meantime. The result is then not cached.
            let _ = guard.insert(Entry { result: result.clone(), expires, changes });
        }
        result.map(Some)
    }

    /// Removes a value, so that it is read again.
    pub(crate) fn forget(&self, key: &K) {
        self.entries.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use jiff::Timestamp;
    use vault::{By, KeySource};

    use super::*;
    use crate::wire::error::INTERNAL;

    async fn cache(folder: &std::path::Path) -> (Recent<&'static str, usize>, Arc<Vault>) {
        let vault = Vault::open(folder, KeySource::File(folder.join("key"))).await.unwrap();
        let vault = Arc::new(vault);
        (Recent::new(Arc::clone(&vault)), vault)
    }

    #[tokio::test]
    async fn concurrent_tasks_share_a_read_and_its_failure() {
        let folder = tempfile::tempdir().unwrap();
        let (recent, _vault) = cache(folder.path()).await;
        let reads = AtomicUsize::new(0);
        let barrier = tokio::sync::Notify::new();
        for result in [Ok(Some(7)), Err(ApiError::of(&INTERNAL))] {
            reads.store(0, Ordering::Relaxed);
            recent.forget(&"k");
            let find = || {
                recent.find(&"k", async {
                    reads.fetch_add(1, Ordering::Relaxed);
                    barrier.notified().await;
                    result.clone()
                })
            };
            let reader = async {
                let found = find().await;
                // The other tasks continue only after the entry has expired.
                std::thread::sleep(VALIDITY + FAILURE_VALIDITY);
                found
            };
            let all = async { tokio::join!(reader, find(), find()) };
            let release = async {
                tokio::task::yield_now().await;
                barrier.notify_one();
            };
            let ((a, b, c), ()) = tokio::join!(all, release);
            assert_eq!(reads.load(Ordering::Relaxed), 1, "{result:?}");
            for found in [a, b, c] {
                assert_eq!(found.map(|found| found.as_deref().copied()).ok(), result.clone().ok());
            }
        }
    }

    #[tokio::test]
    async fn a_value_is_read_again_after_a_change_a_second_or_a_removal() {
        let folder = tempfile::tempdir().unwrap();
        let (recent, vault) = cache(folder.path()).await;
        let find =
            async |value| recent.find(&"k", async move { Ok(value) }).await.unwrap().as_deref().copied();
        assert_eq!(find(None).await, None);
        assert_eq!(find(Some(1)).await, Some(1), "a missing value was cached");
        assert_eq!(find(Some(2)).await, Some(1));
        recent.forget(&"k");
        assert_eq!(find(Some(3)).await, Some(3));

        let by = By::new("test", Timestamp::now());
        vault.add_project("Shop", by).await.unwrap();
        assert_eq!(find(Some(4)).await, Some(3), "a project changes no cached value");
        tokio::time::sleep(VALIDITY).await;
        assert_eq!(find(Some(5)).await, Some(5));
    }
}
