//! Changes a vault: transactions, and the key that is used for sealing in them.
//!
//! **Invariant:** no decision is based on data that was read outside the transaction. Every change is made by a method
//! of [`Writer`], which has no connection other than the transaction's, or by a method of [`Work`]. The methods for
//! reading belong to `Vault` and cannot be called from these methods.

use std::sync::Arc;

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
}

/// A write transaction, and the keys that are valid in it.
///
/// **Invariant:** the key that is used for sealing is the key that is current within this transaction. So after a
/// rotation has begun, no process seals anything under the retiring key.
pub(crate) struct Work {
    engine: Arc<Engine>,
    tx: Transaction<'static, Db>,
    key: Arc<Key>,
    ring: Ring,
}

impl Work {
    /// The transaction's connection.
    pub(crate) fn tx(&mut self) -> &mut DbConnection {
        &mut self.tx
    }

    /// The key that is used for sealing.
    pub(crate) fn key(&self) -> &Key {
        &self.key
    }

    /// The key with this id: the current or the retiring key.
    pub(crate) fn key_with_id(&self, id: KeyId) -> Result<Arc<Key>, StoreError> {
        self.ring.get(id).ok_or(StoreError::Key(KeyError::Damaged { id }))
    }

    /// Holds a name until the transaction ends. Other transactions that hold the same name wait, so the rows that the
    /// name represents do not change before a decision takes effect.
    pub(crate) async fn hold(&mut self, kind: &str, name: &str) -> Result<(), StoreError> {
        self.engine.hold(&mut self.tx, &format!("{kind}/{name}"), false).await
    }

    /// Holds a name together with other transactions that hold it in shared mode. Excludes transactions that hold the
    /// name exclusively.
    pub(crate) async fn hold_shared(&mut self, kind: &str, name: &str) -> Result<(), StoreError> {
        self.engine.hold(&mut self.tx, &format!("{kind}/{name}"), true).await
    }

    /// Makes all changes durable at once. If the transaction is dropped without a commit, its changes are undone.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        crash_point("vault.before-commit");
        self.tx.commit().await?;
        crash_point("vault.committed");
        Ok(())
    }
}

impl Writer {
    /// Begins a transaction whose commit waits for the disk.
    pub(crate) async fn begin(&self) -> Result<Work, StoreError> {
        self.begin_with(Synced::Yes).await
    }

    /// Begins a transaction whose commit does not wait for the disk, for data whose loss is acceptable: counts, pins
    /// and progress.
    pub(crate) async fn begin_unsynced(&self) -> Result<Work, StoreError> {
        self.begin_with(Synced::Later).await
    }

    /// Executes a statement in its own transaction. Returns the number of rows that it changed.
    pub(crate) async fn execute(&self, statement: Statement<'_>) -> Result<u64, StoreError> {
        let mut work = self.begin().await?;
        let done = statement.execute(work.tx()).await?;
        work.commit().await?;
        Ok(done.rows_affected())
    }

    async fn begin_with(&self, synced: Synced) -> Result<Work, StoreError> {
        let mut ring = self.keys.ring();
        loop {
            let mut tx = self.pool.begin_with(self.engine.begin_writing(synced)).await?;
            crash_point("vault.transaction-begun");
            let current = keys::hold_current(&self.engine, &mut tx).await?;
            if let Some(key) = ring.get(current) {
                return Ok(Work { engine: Arc::clone(&self.engine), tx, key, ring });
            }
            // A key command may take a while, and no other transaction should wait for it.
            tx.rollback().await?;
            // Fails unless it finds the current key, so each further iteration means that the key was rotated again.
            ring = self.keys.reload(&mut *self.pool.acquire().await?).await?;
        }
    }

    /// Removes overwritten and deleted data from the database's log, as far as is currently possible.
    pub(crate) async fn wipe_log(&self) {
        self.engine.wipe_log(&self.pool).await;
    }
}
