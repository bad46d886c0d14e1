//! Work that one task does at a time, of whichever process: held in the database, and said again and again while it is
//! done. When a process is gone, the next that asks takes over, within seconds.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::{Timestamp, ToSpan as _};
use vault::StoreError;

use crate::app::App;
use crate::wire::error::ApiError;

/// For so many seconds a task has something to itself since it last said that it is at it. So long others wait when its
/// process is gone; the clocks of two processes may differ by less.
const TERM: i64 = 8;

/// So often it says so.
const RENEWAL: Duration = Duration::from_secs(2);

/// Something that a task has to itself.
pub(crate) struct Lease {
    app: Arc<App>,
    what: String,
    task: String,
}

impl Lease {
    /// Takes it; none: somebody is at it.
    pub(crate) async fn take(app: &Arc<App>, what: String) -> Result<Option<Self>, StoreError> {
        static TASKS: AtomicU64 = AtomicU64::new(0);
        // Not the process has it but the task: a second one of this process is one too many as well.
        let task = format!("{}/{}", app.process, TASKS.fetch_add(1, Ordering::Relaxed));
        let lease = Self { app: Arc::clone(app), what, task };
        Ok(lease.extend().await?.then_some(lease))
    }

    /// Does the work, and gives back what was held. None: another has taken it over, and the work was broken off.
    pub(crate) async fn during<T>(self, work: impl Future<Output = T>) -> Option<T> {
        let done = tokio::select! {
            done = work => Some(done),
            () = self.lost() => {
                tracing::warn!(what = self.what, "another process has taken it over");
                None
            }
        };
        if let Err(error) = self.app.vault.release(&self.what, &self.task).await {
            let _ = ApiError::internal(&error);
        }
        done
    }

    async fn extend(&self) -> Result<bool, StoreError> {
        let now = Timestamp::now();
        let until = now.saturating_add(TERM.seconds()).unwrap_or(now);
        self.app.vault.lease(&self.what, &self.task, now, until).await
    }

    /// Says again and again that the task is at it; ends when another is instead.
    async fn lost(&self) {
        loop {
            tokio::time::sleep(RENEWAL).await;
            match self.extend().await {
                Ok(true) => {}
                Ok(false) => return,
                // It may work the next time.
                Err(error) => {
                    tracing::warn!(what = self.what, %error, "it could not be kept to this process");
                }
            }
        }
    }
}
