//! One piece of writing: a transaction and the key that seals in it.
//!
//! **Invariant:** the key is the one that is current in this very transaction. So once a rotation has begun,
//! nothing new is sealed under the key that retires, by whatever process. What a decision rests on is held until
//! the end, by [`Work::hold`].

use std::sync::Arc;

use sqlx::Transaction;

use crate::crash::crash_point;
use crate::database::{Db, DbConnection, Synced};
use crate::error::StoreError;
use crate::key::{Key, KeyError, KeyId};
use crate::keys;
use crate::open::Vault;

/// A transaction that may write.
pub(crate) struct Work {
    tx: Transaction<'static, Db>,
    key: Arc<Key>,
    several: bool,
}

impl Work {
    /// The connection, in the transaction.
    pub(crate) fn tx(&mut self) -> &mut DbConnection {
        &mut self.tx
    }

    /// The key that seals.
    pub(crate) fn key(&self) -> &Key {
        &self.key
    }

    /// Holds a name until the end: others who hold the same name wait. Where only one may write at a time that is so
    /// anyway.
    pub(crate) async fn hold(&mut self, kind: &str, name: &str) -> Result<(), StoreError> {
        if self.several {
            sqlx::query("select pg_advisory_xact_lock(hashtextextended($1, 0))")
                .bind(format!("{kind}/{name}"))
                .execute(self.tx())
                .await?;
        }
        Ok(())
    }

    /// Makes it all durable at once. Dropped without it, nothing has happened.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        crash_point("vault.before-commit");
        self.tx.commit().await?;
        crash_point("vault.committed");
        Ok(())
    }
}

impl Vault {
    /// Begins to write.
    pub(crate) async fn begin(&self) -> Result<Work, StoreError> {
        self.begin_work(Synced::Yes).await
    }

    /// Begins to write what nobody was promised: counts, and how far checks have come.
    pub(crate) async fn begin_unsynced(&self) -> Result<Work, StoreError> {
        self.begin_work(Synced::Later).await
    }

    async fn begin_work(&self, synced: Synced) -> Result<Work, StoreError> {
        let mut ring = self.ring();
        loop {
            let mut tx = self.writer.begin_with(self.engine.begin_writing(synced)).await?;
            crash_point("vault.transaction-begun");
            let several = self.engine.writes_at_once();
            let current =
                if several { keys::hold_current(&mut tx).await? } else { keys::current(&mut tx).await? };
            if let Some(key) = ring.get(current) {
                return Ok(Work { tx, key, several });
            }
            // A key command may take its time; nobody else should have to wait for it.
            tx.rollback().await?;
            // Fails unless it finds the key of that moment, so every further round means another rotation.
            ring = self.reload_keys().await?;
        }
    }

    /// The key with this id, from the source if another process has rotated since.
    pub(crate) async fn key(&self, id: KeyId) -> Result<Arc<Key>, StoreError> {
        if let Some(key) = self.ring().get(id) {
            return Ok(key);
        }
        let ring = self.reload_keys().await?;
        ring.get(id).ok_or(StoreError::Key(KeyError::Damaged { id }))
    }
}
