//! Background tasks: starts them, asks them to stop, and waits for them.
//!
//! **Invariant:** the Hub ends only when every task has ended or the grace period is over. A task started for a request
//! continues when the client closes the connection.

use std::future::Future;
use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::Instrument as _;

use crate::request_id;

/// The tasks that are running.
pub(crate) struct Tasks {
    running: Mutex<JoinSet<()>>,
    stop: watch::Sender<bool>,
}

/// Tells a task when to stop.
#[derive(Clone)]
pub(crate) struct Stop(watch::Receiver<bool>);

impl Tasks {
    /// Starts a task. A long-running task checks [`Stop`] between two units of work, or waits on it. A task started
    /// while a request is handled is logged under the request's id, and goes on when the client hangs up, which cancels
    /// the handler itself.
    ///
    /// Tasks are still accepted and waited for after the Hub was asked to stop: a request in progress may need one.
    pub(crate) fn spawn<F>(&self, task: impl FnOnce(Stop) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let task = request_id::carried(request_id::current(), task(self.stop())).in_current_span();
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        // Removes finished tasks, so that the set does not grow over time.
        while running.try_join_next().is_some() {}
        running.spawn(task);
    }

    /// Returns a handle that reports when to stop.
    pub(crate) fn stop(&self) -> Stop {
        Stop(self.stop.subscribe())
    }

    /// Tells all tasks to stop.
    pub(crate) fn stop_all(&self) {
        self.stop.send_replace(true);
    }

    /// Waits until every task has ended.
    pub(crate) async fn ended(&self) {
        loop {
            let mut running =
                std::mem::take(&mut *self.running.lock().unwrap_or_else(PoisonError::into_inner));
            if running.is_empty() {
                return;
            }
            while running.join_next().await.is_some() {}
        }
    }

    /// The number of running tasks.
    pub(crate) fn count(&self) -> usize {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        while running.try_join_next().is_some() {}
        running.len()
    }
}

impl Default for Tasks {
    fn default() -> Self {
        Self { running: Mutex::new(JoinSet::new()), stop: watch::Sender::new(false) }
    }
}

impl Stop {
    /// Whether the task should stop.
    pub(crate) fn is_asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until the task should stop.
    pub(crate) async fn asked(&mut self) {
        // A dropped sender means to stop, too.
        let _ = self.0.wait_for(|asked| *asked).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn tasks_are_told_to_stop_and_waited_for() {
        let tasks = Tasks::default();
        let (done, mut is_done) = watch::channel(0);
        for _ in 0..3 {
            let done = done.clone();
            tasks.spawn(|mut stop| async move {
                stop.asked().await;
                done.send_modify(|n| *n += 1);
            });
        }
        assert_eq!(tasks.count(), 3);
        tasks.stop_all();
        tasks.ended().await;
        assert_eq!(*is_done.borrow_and_update(), 3);
        assert_eq!(tasks.count(), 0);
        assert!(tasks.stop().is_asked());
    }
}
