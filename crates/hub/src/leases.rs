//! Leases ensure that, across all processes, only one task at a time does a given piece of work. A lease is stored in
//! the database and is renewed while the work runs. If a process dies, its leases expire, and another task can take
//! over within seconds.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::{Timestamp, ToSpan as _};
use tokio::sync::oneshot;
use vault::{StoreError, Vault};

use crate::tasks::Tasks;
use crate::wire::error::log_failure;

/// How long a lease lasts after its last renewal, in seconds. If the holder dies, other tasks wait at most this long.
/// The difference between the clocks of any two processes must be smaller than this.
const TERM: i64 = 8;

/// How often a lease is renewed.
const RENEWAL: Duration = Duration::from_secs(2);

/// Acquires leases, and runs work under them.
pub(crate) struct Leases {
    vault: Arc<Vault>,
    tasks: Arc<Tasks>,
    /// A random id that distinguishes this process from other replicas.
    process: u64,
    /// The number of leases requested so far, which makes every task in this process a distinct holder.
    requested: AtomicU64,
}

/// Work that was started under a lease.
pub(crate) struct Running<T>(oneshot::Receiver<Option<T>>);

impl<T> Running<T> {
    /// Waits for the result; `None` if the work was aborted because another task took over the lease. The work
    /// continues even if nothing awaits the result.
    pub(crate) async fn result(self) -> Option<T> {
        self.0.await.ok().flatten()
    }
}

/// A lease that a task holds.
struct Lease {
    vault: Arc<Vault>,
    name: String,
    holder: String,
}

impl Leases {
    pub(crate) fn new(vault: Arc<Vault>, tasks: Arc<Tasks>) -> Self {
        let process = getrandom::u64().expect("the operating system has a source of randomness");
        Self { vault, tasks, process, requested: AtomicU64::new(0) }
    }

    /// Acquires a lease and starts the work under it, in a separate task. If another task holds the lease, the work is
    /// not started, and the inner `Err` returns it.
    pub(crate) async fn spawn<F>(
        &self,
        name: String,
        work: F,
    ) -> Result<Result<Running<F::Output>, F>, StoreError>
    where
        F: Future<Output: Send + 'static> + Send + 'static,
    {
        let holder = format!("{:016x}/{}", self.process, self.requested.fetch_add(1, Ordering::Relaxed));
        let lease = Lease { vault: Arc::clone(&self.vault), name, holder };
        if !lease.extend().await? {
            return Ok(Err(work));
        }
        let (sender, result) = oneshot::channel();
        self.tasks.spawn(move |_| async move {
            // Sending fails if nothing awaits the result, which can be ignored.
            let _ = sender.send(lease.during(work).await);
        });
        Ok(Ok(Running(result)))
    }
}

impl Lease {
    /// Runs the work, and then releases the lease. Returns `None` if the work was aborted because another task took
    /// over the lease.
    async fn during<T>(self, work: impl Future<Output = T>) -> Option<T> {
        let done = tokio::select! {
            done = work => Some(done),
            () = self.lost() => {
                tracing::warn!(what = self.name, "another task has taken over the lease; the work was aborted");
                None
            }
        };
        if let Err(error) = self.vault.release(&self.name, &self.holder).await {
            log_failure(&error);
        }
        done
    }

    async fn extend(&self) -> Result<bool, StoreError> {
        let now = Timestamp::now();
        let until = now.saturating_add(TERM.seconds()).unwrap_or(now);
        self.vault.lease(&self.name, &self.holder, now, until).await
    }

    /// Keeps renewing the lease. Returns once another task holds the lease.
    async fn lost(&self) {
        loop {
            tokio::time::sleep(RENEWAL).await;
            match self.extend().await {
                Ok(true) => {}
                Ok(false) => return,
                // The next renewal may succeed.
                Err(error) => tracing::warn!(what = self.name, %error, "the lease could not be renewed"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_task_at_a_time_has_a_lease() {
        let folder = tempfile::tempdir().unwrap();
        let key = vault::KeySource::File(folder.path().join("key"));
        let vault = Arc::new(Vault::open(folder.path(), key).await.unwrap());
        let leases = Leases::new(Arc::clone(&vault), Arc::default());
        let (go_on, wait) = oneshot::channel::<()>();
        let first = leases.spawn("a".to_owned(), async { wait.await.is_ok() }).await.unwrap();
        let first = first.ok().unwrap();
        let second = leases.spawn("a".to_owned(), async {}).await.unwrap();
        assert!(second.is_err(), "another task in the same process holds the lease");
        let replica = Leases::new(Arc::clone(&vault), Arc::default());
        assert!(replica.spawn("a".to_owned(), async {}).await.unwrap().is_err());
        assert!(replica.spawn("b".to_owned(), async {}).await.unwrap().is_ok());
        go_on.send(()).unwrap();
        assert_eq!(first.result().await, Some(true));
        assert!(replica.spawn("a".to_owned(), async {}).await.unwrap().is_ok(), "the lease was released");
    }
}
