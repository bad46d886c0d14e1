//! Records uses of credentials in the audit trail, in batches, so that a request does not wait for the disk.
//!
//! **Invariant:** credentials are opened only after their use has been queued, and a use leaves the queue only after it
//! has been committed. The queue is bounded. While the database cannot be written, or is slow, no credentials are opened.
//! If the process is killed, the uses of at most 200 ms, which is [`INTERVAL`] and [`SLOW`], are missing from the trail.

use std::collections::BTreeMap;
use std::fmt;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::account::{Account, Credentials};
use crate::by::By;
use crate::error::StoreError;
use crate::open::Vault;
use crate::row::stamp;
use crate::sealed_account::SealedAccount;
use crate::writer::Writer;

/// How long uses are collected before they are written.
const INTERVAL: Duration = Duration::from_millis(100);

/// How long a batch may take to be written before new uses wait for it.
const SLOW: Duration = Duration::from_millis(100);

/// The number of different uses after which they are written without further delay.
const BATCH: usize = 1024;

/// The maximum number of different uses in the queue.
const QUEUE: usize = 8 * BATCH;

/// The maximum time that a use waits for space in the queue or to be written.
const PATIENCE: Duration = Duration::from_secs(2);

/// The delay before a batch that could not be written is retried.
const RETRY: Duration = Duration::from_millis(500);

/// When credentials may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recording {
    /// As soon as the use has been queued. If the process is killed, the uses of the last 200 ms can be lost.
    Batched,
    /// Only after the use has been committed. Uses that wait at the same time share a commit.
    BeforeUse,
}

/// Opens the credentials of accounts that are in memory, and records each use.
pub struct UseRecorder {
    vault: Arc<Vault>,
    recording: Recording,
    queue: Arc<Queue>,
    task: Option<JoinHandle<Result<(), StoreError>>>,
}

/// What is recorded about a use, except its time. Equal uses in a batch are recorded as one entry with a count.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Use {
    account: String,
    version: i64,
    project: Option<String>,
    actor: String,
    purpose: String,
}

/// The uses that have not been written yet.
struct Queue {
    state: Mutex<State>,
    /// Wakes the writing task: a use was added to an empty queue, or the queue is closed.
    added: Notify,
    /// Wakes the writing task while it collects uses.
    hurry: Notify,
    /// The number of the last batch that was written.
    written: watch::Sender<u64>,
}

struct State {
    /// The uses in the current batch, each with the time of the first of them and their number.
    uses: BTreeMap<Use, (Timestamp, i64)>,
    /// The number of the current batch. The first batch has number 1.
    batch: u64,
    /// Whether new uses must wait until they are written, because writing fails or is slow.
    must_wait: bool,
    is_closed: bool,
}

/// The place of a use in the queue.
enum Place {
    /// The use is in this batch.
    Queued(u64),
    /// The use is in this batch, and must wait until the batch is written.
    Held(u64),
    /// The queue is full with this batch.
    Full(u64),
}

impl UseRecorder {
    /// Starts a recorder with its writing task. Must be called in a Tokio runtime.
    pub fn start(vault: Arc<Vault>, recording: Recording) -> Self {
        let state = State { uses: BTreeMap::new(), batch: 1, must_wait: false, is_closed: false };
        let queue = Arc::new(Queue {
            state: Mutex::new(state),
            added: Notify::new(),
            hurry: Notify::new(),
            written: watch::Sender::default(),
        });
        let interval = match recording {
            Recording::Batched => INTERVAL,
            Recording::BeforeUse => Duration::ZERO,
        };
        let task = tokio::spawn(write_batches(Arc::clone(&vault), Arc::clone(&queue), interval));
        Self { vault, recording, queue, task: Some(task) }
    }

    /// Opens an account's credentials after recording who uses them and why. Fails if the use cannot be recorded.
    pub async fn open(
        &self,
        sealed: &SealedAccount,
        purpose: &str,
        by: By<'_>,
    ) -> Result<Credentials, StoreError> {
        self.record(sealed.account(), purpose, by).await?;
        self.vault.open_sealed(sealed).await
    }

    /// Waits until all uses that have been recorded so far are in the audit trail.
    pub async fn flush(&self) -> Result<(), StoreError> {
        let batch = {
            let state = self.queue.lock();
            if state.uses.is_empty() { state.batch - 1 } else { state.batch }
        };
        self.queue.hurry.notify_one();
        let written = tokio::time::timeout(PATIENCE, self.queue.wait_for(batch)).await;
        written.unwrap_or(Err(StoreError::NotRecorded))
    }

    /// Writes the remaining uses and ends the writing task. Returns an error if the uses could not be written.
    pub async fn close(mut self) -> Result<(), StoreError> {
        self.queue.close();
        match self.task.take() {
            Some(task) => task.await.unwrap_or(Err(StoreError::NotRecorded)),
            None => Ok(()),
        }
    }

    async fn record(&self, account: &Account, purpose: &str, by: By<'_>) -> Result<(), StoreError> {
        let queued = async {
            loop {
                match self.queue.add(used(account, purpose, by), by.at) {
                    Place::Queued(_) if self.recording == Recording::Batched => return Ok(()),
                    Place::Queued(batch) | Place::Held(batch) => return self.queue.wait_for(batch).await,
                    // The current batch is taken once the batch before it has been written.
                    Place::Full(batch) => self.queue.wait_for(batch - 1).await?,
                }
            }
        };
        tokio::time::timeout(PATIENCE, queued).await.unwrap_or(Err(StoreError::NotRecorded))
    }
}

/// Ends the writing task after it has written the remaining uses.
impl Drop for UseRecorder {
    fn drop(&mut self) {
        self.queue.close();
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a use to the current batch.
    fn add(&self, used: Use, at: Timestamp) -> Place {
        let mut state = self.lock();
        let before = state.uses.len();
        if let Some((_, count)) = state.uses.get_mut(&used) {
            *count += 1;
        } else if before < QUEUE {
            state.uses.insert(used, (at, 1));
        } else {
            return Place::Full(state.batch);
        }
        if before == 0 {
            self.added.notify_one();
        } else if before + 1 == BATCH {
            self.hurry.notify_one();
        }
        if state.must_wait { Place::Held(state.batch) } else { Place::Queued(state.batch) }
    }

    /// Waits until a batch has been written. Fails if the writing task has ended.
    async fn wait_for(&self, batch: u64) -> Result<(), StoreError> {
        let mut written = self.written.subscribe();
        let result = written.wait_for(|written| batch <= *written).await;
        result.map(drop).map_err(|_| StoreError::NotRecorded)
    }

    /// Takes the current batch. Returns its number and its entries, oldest first, as JSON.
    fn take(&self) -> Option<(u64, String)> {
        let (batch, uses) = {
            let mut state = self.lock();
            if state.uses.is_empty() {
                return None;
            }
            let batch = state.batch;
            state.batch += 1;
            (batch, std::mem::take(&mut state.uses))
        };
        let mut uses: Vec<(Use, (Timestamp, i64))> = uses.into_iter().collect();
        uses.sort_by_key(|(_, (at, _))| *at);
        let entries = uses.iter().map(|(used, (at, count))| {
            json!({
                "at": stamp(*at),
                "actor": used.actor,
                "account": used.account,
                "version": used.version,
                "detail": used.purpose,
                "project": used.project,
                "count": count,
            })
        });
        Some((batch, entries.collect::<Value>().to_string()))
    }

    fn close(&self) {
        self.lock().is_closed = true;
        self.added.notify_one();
        self.hurry.notify_one();
    }
}

impl Writer {
    /// Adds entries about uses of credentials to the audit trail. `entries` is a JSON array.
    async fn insert_uses(&self, entries: &str) -> Result<(), StoreError> {
        self.execute(sqlx::query(self.engine.insert_uses()).bind(entries)).await?;
        Ok(())
    }
}

/// Writes the queue's batches until the queue is closed.
async fn write_batches(vault: Arc<Vault>, queue: Arc<Queue>, interval: Duration) -> Result<(), StoreError> {
    loop {
        queue.added.notified().await;
        if !queue.lock().is_closed && !interval.is_zero() {
            tokio::select! {
                () = tokio::time::sleep(interval) => {}
                () = queue.hurry.notified() => {}
            }
        }
        while let Some((batch, entries)) = queue.take() {
            write_batch(&vault, &queue, &entries).await?;
            queue.written.send_replace(batch);
            if !interval.is_zero() && queue.lock().uses.len() < BATCH {
                // The other uses wait for the next interval.
                break;
            }
        }
        let state = queue.lock();
        match (state.uses.is_empty(), state.is_closed) {
            (true, true) => return Ok(()),
            // The queue was empty when the batch was taken, so no use has sent a notification.
            (false, _) => queue.added.notify_one(),
            (true, false) => {}
        }
    }
}

/// Writes a batch, and retries until it is written or the queue is closed. If the connection breaks during a commit, the
/// entries of the batch may be written twice.
async fn write_batch(vault: &Vault, queue: &Queue, entries: &str) -> Result<(), StoreError> {
    loop {
        let mut writing = pin!(vault.insert_uses(entries));
        let written = match tokio::time::timeout(SLOW, &mut writing).await {
            Ok(written) => written,
            Err(_) => {
                queue.lock().must_wait = true;
                writing.await
            }
        };
        {
            let mut state = queue.lock();
            state.must_wait = written.is_err();
            if written.is_ok() || state.is_closed {
                return written;
            }
        }
        tokio::select! {
            () = tokio::time::sleep(RETRY) => {}
            () = queue.hurry.notified() => {}
        }
    }
}

fn used(account: &Account, purpose: &str, by: By<'_>) -> Use {
    Use {
        account: account.id.to_string(),
        version: account.version,
        project: account.home.as_ref().map(|home| home.project.clone()),
        actor: by.actor.to_owned(),
        purpose: purpose.to_owned(),
    }
}

impl fmt::Debug for UseRecorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UseRecorder").field("recording", &self.recording).finish_non_exhaustive()
    }
}
