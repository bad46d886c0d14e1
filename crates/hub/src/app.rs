//! What every handler shares: settings, vault, guides, the way out, and the list of what is under way.
//!
//! **Invariant:** an [`App`] is whole: whatever can fail at start has not. It holds nothing of a single request or
//! session; those are in the database, so that any replica serves any request.

use std::future::Future;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use egress::Egress;
use guide::Brand;
use jiff::Timestamp;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::Instrument as _;
use url::Url;
use vault::Vault;

use crate::editions::Old;
use crate::guides::Guides;
use crate::layers::request_id;
use crate::limits::Calls;
use crate::pages::Assets;
use crate::proxy::TokenCache;
use crate::renewals::Looked;
use crate::settings::Settings;

/// What every handler shares.
pub struct App {
    /// What the Hub runs with.
    pub(crate) settings: Settings,
    /// Accounts, sessions and keys.
    pub(crate) vault: Vault,
    /// The guides as they are now.
    pub(crate) guides: Guides,
    /// The only way out.
    pub(crate) egress: Egress,
    /// What white-labelling changes.
    pub(crate) brand: Arc<Brand>,
    /// Where browsers and clients reach the Hub: an origin, and a slash.
    pub(crate) public_url: Url,
    /// When it started.
    pub(crate) started_at: Timestamp,
    /// What runs beside requests.
    pub(crate) tasks: Tasks,
    /// Style sheet and script of the linking pages.
    pub(crate) assets: Assets,
    /// What this process calls itself, among replicas.
    pub(crate) process: String,
    /// Guides that are not current any more.
    pub(crate) old_guides: Old,
    /// Calls of this minute, by key.
    pub(crate) calls: Calls,
    /// Tokens that were got to send requests through accounts.
    pub(crate) tokens: TokenCache,
    /// Tokens of accounts that a provider was asked about.
    pub(crate) looked: Looked,
    phase: AtomicU8,
}

/// Where the Hub is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Phase {
    /// It cannot be used yet.
    Starting,
    /// It can.
    Ready,
    /// It finishes what is under way, and takes nothing new.
    Draining,
}

impl App {
    pub(crate) fn new(
        settings: Settings,
        vault: Vault,
        guides: Guides,
        egress: Egress,
        brand: Brand,
        public_url: Url,
    ) -> Self {
        Self {
            settings,
            vault,
            guides,
            egress,
            public_url,
            started_at: Timestamp::now(),
            tasks: Tasks::default(),
            assets: Assets::of(&brand),
            process: process_name(),
            brand: Arc::new(brand),
            old_guides: Old::default(),
            calls: Calls::default(),
            tokens: TokenCache::default(),
            looked: Looked::default(),
            phase: AtomicU8::new(Phase::Starting as u8),
        }
    }

    /// Closes the database.
    pub(crate) async fn close(self) {
        self.vault.close().await;
    }

    /// Where the Hub is in its life.
    pub(crate) fn phase(&self) -> Phase {
        match self.phase.load(Ordering::Acquire) {
            0 => Phase::Starting,
            1 => Phase::Ready,
            _ => Phase::Draining,
        }
    }

    pub(crate) fn enter(&self, phase: Phase) {
        self.phase.store(phase as u8, Ordering::Release);
    }

    /// Whether browsers reach the Hub by TLS, its own or that of a proxy: cookies are for it alone then.
    pub(crate) fn is_secure(&self) -> bool {
        self.public_url.scheme() == "https"
    }
}

/// A name that no other process has.
fn process_name() -> String {
    let mut nonce = [0; 8];
    getrandom::fill(&mut nonce).expect("the system has randomness, or nothing here is safe");
    format!("{:016x}", u64::from_ne_bytes(nonce))
}

/// What runs beside requests: it is told to stop, and waited for.
pub(crate) struct Tasks {
    running: Mutex<JoinSet<()>>,
    stop: watch::Sender<bool>,
}

/// Tells a task that it is to stop.
#[derive(Clone)]
pub(crate) struct Stop(watch::Receiver<bool>);

impl Tasks {
    /// Starts a task. What it does in one piece it finishes; between two pieces it asks [`Stop`], or waits on it. One that
    /// is started for a request is logged under the request's id; it goes on also when the client hangs up, which ends
    /// what a handler does by itself.
    ///
    /// After the Hub was told to stop, tasks are still taken and waited for: a request under way may need one.
    pub(crate) fn spawn<F>(&self, task: impl FnOnce(Stop) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let task = request_id::carried(request_id::current(), task(self.stop())).in_current_span();
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        // What has ended is let go of, so that the list does not grow with the Hub's age.
        while running.try_join_next().is_some() {}
        running.spawn(task);
    }

    /// What tells that it is time to stop.
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

    /// How many are running.
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
    /// Whether it is time.
    pub(crate) fn is_asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is time.
    pub(crate) async fn asked(&mut self) {
        // A sender that is gone says so too.
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
