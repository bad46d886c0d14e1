//! Transactions that change a vault, and the keys that they use for sealing.
//!
//! **Invariant:** a change never depends on data that was read outside its transaction. Only methods of [`Writer`] and
//! [`Work`] make changes. They cannot call the methods that read outside a transaction, because those are methods of
//! `Vault`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use sqlx::{Pool, Transaction};

use crate::crash::crash_point;
use crate::database::{Db, DbConnection, Engine, Statement, Synced};
use crate::error::StoreError;
use crate::key::{Key, KeyError, KeyId};
use crate::keys::{self, HeldKeys, Ring};

/// Makes changes to a vault, each in one transaction. A `Vault` dereferences to its writer.
pub struct Writer {
    pub(crate) engine: Arc<Engine>,
    pub(crate) pool: Pool<Db>,
    pub(crate) keys: HeldKeys,
    /// Whether a transaction has ended without a commit since the last test write, so that writing may be impossible.
    pub(crate) is_suspect: Arc<AtomicBool>,
    /// See [`Writer::changes`].
    pub(crate) changes: Arc<AtomicU64>,
}

/// A write transaction, and the keys that are valid in it.
///
/// **Invariant:** a transaction seals data only under the key that is current in that transaction. Therefore, no
/// process uses the retiring key for sealing after a rotation has begun.
pub(crate) struct Work {
    engine: Arc<Engine>,
    tx: Transaction<'static, Db>,
    key: Arc<Key>,
    ring: Ring,
    ending: Ending,
    /// Whether the transaction locks something that [`Writer::changes`] counts changes of.
    is_counted: bool,
    changes: Arc<AtomicU64>,
}

/// A write transaction that neither seals nor opens anything, so it needs no key. Its commit does not wait for the disk.
pub(crate) struct PlainWork {
    tx: Transaction<'static, Db>,
    ending: Ending,
}

/// Sets the writer's flag when a transaction ends without a commit, for any reason.
struct Ending {
    is_suspect: Arc<AtomicBool>,
    is_committed: bool,
}

impl Drop for Ending {
    fn drop(&mut self) {
        if !self.is_committed {
            self.is_suspect.store(true, Ordering::Relaxed);
        }
    }
}

/// The kinds of locks whose transactions [`Writer::changes`] counts.
const COUNTED: [&str; 3] = ["account", "connector_profile", "api_key"];

/// Counts a change when it is dropped.
struct Counted(Option<Arc<AtomicU64>>);

impl Drop for Counted {
    fn drop(&mut self) {
        if let Some(changes) = &self.0 {
            changes.fetch_add(1, Ordering::Release);
        }
    }
}

impl Work {
    /// Returns the transaction's connection.
    pub(crate) fn tx(&mut self) -> &mut DbConnection {
        &mut self.tx
    }

    /// Returns the key that new data is sealed under.
    pub(crate) fn key(&self) -> &Key {
        &self.key
    }

    /// Returns the key with this id: the current or the retiring key.
    pub(crate) fn key_with_id(&self, id: KeyId) -> Result<Arc<Key>, StoreError> {
        self.ring.get(id).ok_or(StoreError::Key(KeyError::Damaged { id }))
    }

    /// Locks a name until the transaction ends. Other transactions that lock the same name wait, so the rows that the
    /// name stands for do not change in the meantime.
    pub(crate) async fn hold(&mut self, kind: &str, name: &str) -> Result<(), StoreError> {
        self.is_counted |= COUNTED.contains(&kind);
        self.engine.hold(&mut self.tx, &format!("{kind}/{name}"), false).await
    }

    /// Locks a name in shared mode until the transaction ends. Several transactions can hold this lock at the same
    /// time. Transactions that lock the name exclusively must wait.
    pub(crate) async fn hold_shared(&mut self, kind: &str, name: &str) -> Result<(), StoreError> {
        self.engine.hold(&mut self.tx, &format!("{kind}/{name}"), true).await
    }

    /// Declares that the transaction changes nothing that [`Writer::changes`] counts, although it locks a row.
    pub(crate) fn only_reads(&mut self) {
        self.is_counted = false;
    }

    /// Commits all changes together. If the transaction is dropped without a commit, its changes are rolled back.
    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        crash_point("vault.before-commit");
        // If the caller is canceled while the database commits, the change counts too.
        let counted = Counted(self.is_counted.then(|| Arc::clone(&self.changes)));
        self.tx.commit().await?;
        drop(counted);
        self.ending.is_committed = true;
        crash_point("vault.committed");
        Ok(())
    }
}

impl PlainWork {
    /// Returns the transaction's connection.
    pub(crate) fn tx(&mut self) -> &mut DbConnection {
        &mut self.tx
    }

    /// Commits all changes together, like [`Work::commit`].
    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        crash_point("vault.before-commit");
        self.tx.commit().await?;
        self.ending.is_committed = true;
        crash_point("vault.committed");
        Ok(())
    }
}

impl Writer {
    /// Begins a transaction whose commit waits for the disk.
    pub(crate) async fn begin(&self) -> Result<Work, StoreError> {
        self.begin_with(Synced::Yes).await
    }

    /// Begins a transaction whose commit does not wait for the disk. This is for data whose loss is acceptable: counts,
    /// pins and progress.
    pub(crate) async fn begin_unsynced(&self) -> Result<Work, StoreError> {
        self.begin_with(Synced::Later).await
    }

    /// Begins a transaction like [`Writer::begin_unsynced`], with one statement less.
    pub(crate) async fn begin_plain(&self) -> Result<PlainWork, StoreError> {
        let ending = self.ending();
        let tx = self.pool.begin_with(self.engine.begin_writing(Synced::Later)).await?;
        crash_point("vault.transaction-begun");
        Ok(PlainWork { tx, ending })
    }

    fn ending(&self) -> Ending {
        Ending { is_suspect: Arc::clone(&self.is_suspect), is_committed: false }
    }

    /// Executes a statement in its own transaction. Returns the number of changed rows.
    pub(crate) async fn execute(&self, statement: Statement<'_>) -> Result<u64, StoreError> {
        let mut work = self.begin().await?;
        let done = statement.execute(work.tx()).await?;
        work.commit().await?;
        Ok(done.rows_affected())
    }

    async fn begin_with(&self, synced: Synced) -> Result<Work, StoreError> {
        let mut ring = self.keys.ring();
        let ending = self.ending();
        loop {
            let mut tx = self.pool.begin_with(self.engine.begin_writing(synced)).await?;
            crash_point("vault.transaction-begun");
            let current = keys::hold_current(&self.engine, &mut tx).await?;
            if let Some(key) = ring.get(current) {
                let (engine, changes) = (Arc::clone(&self.engine), Arc::clone(&self.changes));
                return Ok(Work { engine, tx, key, ring, ending, is_counted: false, changes });
            }
            // Ends the transaction first, because `reload` may run a key command, which can take a while, and other
            // transactions would have to wait.
            tx.rollback().await?;
            // `reload` fails if it does not find the current key, so another iteration is needed only if the key was
            // rotated again.
            ring = self.keys.reload(&mut *self.pool.acquire().await?).await?;
        }
    }

    /// Returns the number of changes that this process has made to accounts, connector profiles and API keys since it
    /// opened the vault. A copy of such data that was read before the count last changed may be outdated. Changes made
    /// by other processes are not counted.
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Removes overwritten and deleted data from the database's log, as far as other open connections allow.
    pub(crate) async fn wipe_log(&self) {
        self.engine.wipe_log(&self.pool).await;
    }
}
