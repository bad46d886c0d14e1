//! Starts background tasks, asks them to stop, and waits for them.
//!
//! **Invariant:** the Hub exits only when every task has ended or the grace period is over. A task started for a
//! request continues even if the client closes the connection.

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use crate::request_id;

/// The running tasks.
#[derive(Default)]
pub(crate) struct Tasks {
    running: TaskTracker,
    stop: CancellationToken,
}

impl Tasks {
    /// Starts a task. A long-running task must check the cancellation token between units of work, or wait for its
    /// cancellation. A task that is started while a request is handled is logged under the request's id. If the client
    /// closes the connection, the request's handler is canceled, but the task continues.
    ///
    /// After the Hub is asked to stop, new tasks are still accepted and awaited, because a request in progress may need
    /// a background task.
    pub(crate) fn spawn<F>(&self, task: impl FnOnce(CancellationToken) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let task = request_id::with_id(request_id::current(), task(self.stop.clone()));
        self.running.spawn(task.in_current_span());
    }

    /// Asks all tasks to stop.
    pub(crate) fn stop_all(&self) {
        self.stop.cancel();
    }

    /// Waits until every task has ended.
    pub(crate) async fn ended(&self) {
        self.running.close();
        self.running.wait().await;
    }

    /// Returns the number of running tasks.
    pub(crate) fn count(&self) -> usize {
        self.running.len()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn tasks_are_asked_to_stop_and_waited_for() {
        let tasks = Tasks::default();
        let done = Arc::new(AtomicUsize::new(0));
        for _ in 0..3 {
            let done = Arc::clone(&done);
            tasks.spawn(|stop| async move {
                stop.cancelled().await;
                done.fetch_add(1, Ordering::Relaxed);
            });
        }
        assert_eq!(tasks.count(), 3);
        tasks.stop_all();
        tasks.ended().await;
        assert_eq!(done.load(Ordering::Relaxed), 3);
        assert_eq!(tasks.count(), 0);
    }
}
