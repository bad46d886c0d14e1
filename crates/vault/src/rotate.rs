//! Rotating the vault's key.
//!
//! **Invariant:** throughout a rotation, the key source provides a key that opens all data. Therefore, a rotation can
//! be interrupted at any point, and requesting it again resumes it. Other processes keep working, and use the new key
//! for sealing as soon as the database contains it.
//!
//! A key file is replaced in four steps: the new key is written to a second file, the key is added to the database, the
//! second file is renamed to the key file's name, and the data keys are wrapped under the new key. If a rotation is
//! interrupted between the second and the third step, opening the vault performs the third step.

use std::path::PathBuf;

use sqlx::Row as _;
use thiserror::Error;

use crate::audit::{self, Subject};
use crate::by::By;
use crate::crash::crash_point;
use crate::database::DbConnection;
use crate::envelope;
use crate::error::StoreError;
use crate::file::{self, lock_path, off_thread};
use crate::key::{Key, KeyError, KeyId};
use crate::key_file;
use crate::keys;
use crate::open::Vault;
use crate::row::account;
use crate::sealed;
use crate::source::KeySource;
use crate::writer::Writer;

/// The number of data keys that one transaction rewraps. Batches are small so that other processes can write between
/// transactions.
const BATCH: i64 = 50;

/// The result of a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotated {
    /// The id of the key that new data is now sealed under.
    pub key: KeyId,
    /// The number of data keys that were rewrapped under the new key.
    pub rewrapped: u64,
    /// Whether this call completed an interrupted rotation.
    pub resumed: bool,
}

/// Why a key could not be rotated.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RotateError {
    /// The new key is already in use.
    #[error("the vault is already sealed under key {id}; specify a new key")]
    SameKey {
        /// The id of the current key.
        id: KeyId,
    },
    /// Another process held the lock for too long.
    #[error("another process holds {path}; stop it and try again")]
    Locked {
        /// The path to the lock file.
        path: PathBuf,
    },
    /// The lock file could not be created or opened.
    #[error("{path} cannot be created or opened")]
    Lock {
        /// The path to the lock file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// The vault could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Vault {
    /// Rewraps all data keys under a new key, and makes `to` the source of the vault's key. If `to` is the current key
    /// file, creates a new key and replaces the file. If an earlier rotation was interrupted, completes that rotation
    /// first. In this case, a new rotation follows only if `to` is neither the current key file nor a source of the key
    /// that the earlier rotation introduced.
    pub async fn rotate_key(&self, to: KeySource, by: By<'_>) -> Result<Rotated, RotateError> {
        let same_file = to.path().is_some() && to.path() == self.keys.source().path();
        let (mut rewrapped, mut resumed) = (0, false);
        loop {
            if let Some(current) = self.pending().await? {
                resumed = same_file || self.is_same_key(&to, current).await?;
                rewrapped += self.finish(by).await?;
            }
            // If another process has just begun a rotation, that rotation is completed first.
            if resumed || self.switch(&to, same_file, by).await? {
                break;
            }
        }
        rewrapped += self.finish(by).await?;
        Ok(Rotated { key: self.key_ids().await?.0, rewrapped, resumed })
    }

    /// Returns the id of the key that new data is sealed under and, while a rotation is incomplete, the id of the
    /// retiring key.
    pub async fn key_ids(&self) -> Result<(KeyId, Option<KeyId>), StoreError> {
        let mut connection = self.readers.acquire().await?;
        let retiring = keys::retiring(&mut connection).await?;
        Ok((keys::current(&mut connection).await?, retiring))
    }

    /// Copies the current key file to a file that only its owner can access. Leaves an existing copy unchanged. `false`
    /// if the key is not stored in a file.
    pub async fn copy_key(&self, to: PathBuf) -> Result<bool, KeyError> {
        let source = self.keys.source();
        let Some(path) = source.path().cloned() else { return Ok(false) };
        off_thread(move || key_file::copy_key(&path, &to)).await.map(|()| true)
    }

    /// Returns the id of the new key in an incomplete rotation. `None` if no rotation is incomplete.
    async fn pending(&self) -> Result<Option<KeyId>, RotateError> {
        let (current, retiring) = self.key_ids().await?;
        Ok(retiring.map(|_| current))
    }

    async fn is_same_key(&self, source: &KeySource, current: KeyId) -> Result<bool, StoreError> {
        match source.load().await {
            Ok(loaded) => Ok(loaded.iter().any(|key| key.id() == current)),
            // The key file does not exist yet, so it cannot contain the current key.
            Err(KeyError::Missing { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes the key from `to` the vault's current key. Holds the vault's lock, because the key file may be replaced.
    /// `false` if another rotation is incomplete.
    async fn switch(&self, to: &KeySource, same_file: bool, by: By<'_>) -> Result<bool, RotateError> {
        let path = lock_path(&self.folder);
        let locking = path.clone();
        let guard = match off_thread(move || file::lock(&locking)).await {
            Ok(Some(guard)) => guard,
            Ok(None) => return Err(RotateError::Locked { path }),
            Err(source) => return Err(RotateError::Lock { path, source }),
        };
        // Checks this before creating a key, because otherwise an unused key could be left next to the key file. The
        // transaction checks it again.
        if self.pending().await?.is_some() {
            return Ok(false);
        }
        let next = match to.path().cloned() {
            Some(path) if same_file => {
                off_thread(move || key_file::read_or_create_key(&key_file::next_key(&path))).await
            }
            Some(_) | None => to.load_or_create().await,
        };
        let next = next.map_err(StoreError::from)?;
        if !self.begin_rotation(&next, by).await? {
            return Ok(false);
        }
        if let (true, Some(path)) = (same_file, to.path().cloned()) {
            let id = next.id();
            let promoted = off_thread(move || key_file::promote_next_key(&path, id)).await;
            promoted.map_err(StoreError::from)?;
        }
        let mut ring = self.keys.ring();
        ring.insert(next);
        self.keys.replace(to.clone(), ring);
        drop(guard);
        Ok(true)
    }
}

impl Writer {
    /// Makes `next` the current key and retires the previous key. `false` if another rotation is incomplete. The
    /// vault's lock does not prevent this, because each machine has its own lock and another machine may have started a
    /// rotation.
    async fn begin_rotation(&self, next: &Key, by: By<'_>) -> Result<bool, RotateError> {
        let mut work = self.begin().await?;
        let previous = work.key().id();
        if previous == next.id() {
            return Err(RotateError::SameKey { id: previous });
        }
        if keys::retiring(work.tx()).await?.is_some() {
            return Ok(false);
        }
        let old = work.key_with_id(previous)?;
        keys::record_next(work.tx(), next, &old).await?;
        let detail = format!("from {previous} to {}", next.id());
        audit::write(work.tx(), "key.rotation_begun", Subject::Vault, Some(&detail), by).await?;
        work.commit().await?;
        crash_point("vault.rotation-begun");
        Ok(true)
    }

    /// Rewraps the remaining data keys under the current key, and then deletes the retiring key.
    async fn finish(&self, by: By<'_>) -> Result<u64, StoreError> {
        let mut rewrapped = 0;
        loop {
            let mut work = self.begin().await?;
            let Some(retiring) = keys::retiring(work.tx()).await? else { break };
            let from = work.key_with_id(retiring)?;
            let to = work.key_with_id(work.key().id())?;
            let done =
                rewrap_accounts(work.tx(), &from, &to).await? + rewrap_sealed(work.tx(), &from, &to).await?;
            if done == 0 {
                keys::delete_retiring(work.tx(), retiring).await?;
                let detail = format!("from {retiring} to {}", to.id());
                audit::write(work.tx(), "key.rotated", Subject::Vault, Some(&detail), by).await?;
            }
            work.commit().await?;
            rewrapped += done;
            crash_point("vault.rotation-batch");
        }
        self.wipe_log().await;
        Ok(rewrapped)
    }
}

async fn rewrap_accounts(connection: &mut DbConnection, from: &Key, to: &Key) -> Result<u64, StoreError> {
    let rows = sqlx::query("select * from accounts where kek_id = $1 order by id limit $2")
        .bind(from.id().to_string())
        .bind(BATCH)
        .fetch_all(&mut *connection)
        .await?;
    for row in &rows {
        let account = account(row)?;
        let wrapped_key = envelope::rewrap(from, to, &account, row.try_get("wrapped_key")?)?;
        sqlx::query("update accounts set kek_id = $2, wrapped_key = $3 where id = $1 and kek_id = $4")
            .bind(account.id.as_str())
            .bind(to.id().to_string())
            .bind(wrapped_key)
            // Skips an account that was stored after the query, because its data key is already wrapped under the new
            // key.
            .bind(from.id().to_string())
            .execute(&mut *connection)
            .await?;
    }
    Ok(rows.len() as u64)
}

async fn rewrap_sealed(connection: &mut DbConnection, from: &Key, to: &Key) -> Result<u64, StoreError> {
    let rows = sqlx::query("select * from sealed where kek_id = $1 order by kind, key limit $2")
        .bind(from.id().to_string())
        .bind(BATCH)
        .fetch_all(&mut *connection)
        .await?;
    for row in &rows {
        sealed::rewrap(&mut *connection, row, from, to).await?;
    }
    Ok(rows.len() as u64)
}

impl From<sqlx::Error> for RotateError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}
