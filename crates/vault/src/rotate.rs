//! Rotating the vault's key.
//!
//! **Invariant:** at every moment of a rotation, the source that the vault is opened with next holds a key that
//! opens everything; so a rotation may be interrupted anywhere, and resumed by asking for it again. Other
//! processes go on working: what they write is sealed under the new key from the moment the record says so.
//!
//! A key file is replaced in four steps: the new key is written beside it, the database records it, it takes the
//! place of the old one, the data keys are wrapped again. Opening a vault makes good what is missing of the third.

use std::fmt;
use std::path::PathBuf;

use jiff::Timestamp;
use sqlx::Row as _;

use crate::crash::crash_point;
use crate::database::DbConnection;
use crate::error::StoreError;
use crate::key::{Key, KeyError, KeyId};
use crate::open::{Vault, load, lock_path, off_thread, promote};
use crate::row::{account, account_columns, parsed};
use crate::source::KeySource;
use crate::{audit, draft, envelope, file, keys};

/// How many data keys are wrapped in one transaction: few enough for others to write in between.
const BATCH: i64 = 50;

/// What a rotation has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotated {
    /// The key that seals now.
    pub key: KeyId,
    /// How many data keys were wrapped under it.
    pub rewrapped: u64,
    /// Whether this was the rest of a rotation that had been interrupted.
    pub resumed: bool,
}

/// Why a key could not be rotated.
#[derive(Debug)]
#[non_exhaustive]
pub enum RotateError {
    /// The new key is the one in use.
    SameKey {
        /// That key.
        id: KeyId,
    },
    /// Another process has been opening or rotating the vault for too long.
    Locked {
        /// The lock file.
        path: PathBuf,
    },
    /// The lock file could not be made or opened.
    Lock {
        /// The lock file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The vault could not be read or written.
    Store(StoreError),
}

impl Vault {
    /// Wraps all data keys under another key. `to` says where that key is from now on; for the key file that is in
    /// use, a new key is made. A rotation that was interrupted is finished, and no other begun, when `to` is the
    /// key file in use or the key it was going to.
    pub async fn rotate_key(
        &self,
        to: KeySource,
        actor: &str,
        now: Timestamp,
    ) -> Result<Rotated, RotateError> {
        let same_file = to.path().is_some() && to.path() == self.source().path();
        let (mut rewrapped, mut resumed) = (0, false);
        loop {
            if let Some(current) = self.pending().await? {
                resumed = same_file || self.is_same_key(&to, current).await?;
                rewrapped += self.finish(actor, now).await?;
            }
            // Not switched: someone else has begun in this moment, and their rotation is finished first.
            if resumed || self.switch(&to, same_file, actor, now).await? {
                break;
            }
        }
        rewrapped += self.finish(actor, now).await?;
        Ok(Rotated { key: self.current().await?, rewrapped, resumed })
    }

    /// The key that seals, and the one that is on its way out while a rotation is not finished.
    pub async fn key_ids(&self) -> Result<(KeyId, Option<KeyId>), StoreError> {
        let mut connection = self.readers.acquire().await?;
        Ok((keys::current(&mut connection).await?, keys::retiring(&mut connection).await?))
    }

    /// Copies the key file that is in use, for its owner only. A copy that is there stays. `false`: the key is in no
    /// file.
    pub async fn copy_key(&self, to: PathBuf) -> Result<bool, KeyError> {
        let source = self.source();
        let Some(path) = source.path().cloned() else { return Ok(false) };
        off_thread(move || file::copy_key(&path, &to)).await.map(|()| true)
    }

    /// The key that a rotation goes to, while there is one.
    async fn pending(&self) -> Result<Option<KeyId>, RotateError> {
        let mut connection = self.readers.acquire().await?;
        if keys::retiring(&mut connection).await?.is_none() {
            return Ok(None);
        }
        Ok(Some(keys::current(&mut connection).await?))
    }

    async fn current(&self) -> Result<KeyId, StoreError> {
        keys::current(&mut *self.readers.acquire().await?).await
    }

    async fn is_same_key(&self, source: &KeySource, current: KeyId) -> Result<bool, StoreError> {
        match load(source).await {
            Ok(loaded) => Ok(loaded.iter().any(|key| key.id() == current)),
            // It will be made.
            Err(KeyError::Missing { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// From here on, everything is sealed under the new key. Under the lock, because a key file changes.
    /// `false`: another rotation is under way.
    async fn switch(
        &self,
        to: &KeySource,
        same_file: bool,
        actor: &str,
        now: Timestamp,
    ) -> Result<bool, RotateError> {
        let path = lock_path(&self.folder);
        let locking = path.clone();
        let guard = match off_thread(move || file::lock(&locking)).await {
            Ok(Some(guard)) => guard,
            Ok(None) => return Err(RotateError::Locked { path }),
            Err(cause) => return Err(RotateError::Lock { path, cause }),
        };
        // Before a key is made: whoever goes on with a rotation that somebody else began makes none, and one that was made
        // for nothing would be left beside the key file.
        if self.pending().await?.is_some() {
            return Ok(false);
        }
        let next = self.next_key(to, same_file).await?;

        let mut work = self.begin().await?;
        let previous = work.key().id();
        if previous == next.id() {
            return Err(RotateError::SameKey { id: previous });
        }
        // On a server also somebody who has a folder of his own, and so another lock.
        if keys::retiring(work.tx()).await?.is_some() {
            return Ok(false);
        }
        let old = self.key(previous).await?;
        keys::record_next(work.tx(), &next, &old).await?;
        let detail = format!("from {previous} to {}", next.id());
        audit::write_of_vault(work.tx(), "key.rotation_begun", actor, &detail, now).await?;
        work.commit().await?;
        crash_point("vault.rotation-begun");
        if let (true, Some(path)) = (same_file, to.path()) {
            promote(path.clone(), next.id()).await.map_err(StoreError::from)?;
        }
        let mut ring = self.ring();
        ring.insert(next);
        self.hold(to.clone(), ring);
        drop(guard);
        Ok(true)
    }

    async fn next_key(&self, to: &KeySource, same_file: bool) -> Result<Key, StoreError> {
        let to = to.clone();
        let made = off_thread(move || match to.path() {
            Some(path) if same_file => file::read_or_make_key(&file::next_key(path)),
            Some(_) | None => to.load_or_make(),
        });
        Ok(made.await?)
    }

    /// Wraps again what is still wrapped under the retiring key, then forgets that key.
    async fn finish(&self, actor: &str, now: Timestamp) -> Result<u64, StoreError> {
        let mut rewrapped = 0;
        loop {
            let mut work = self.begin().await?;
            let Some(retiring) = keys::retiring(work.tx()).await? else { break };
            let from = self.key(retiring).await?;
            let to = work.key().id();
            let key = self.key(to).await?;
            let done = rewrap_accounts(work.tx(), &from, &key).await?
                + rewrap_drafts(work.tx(), &from, &key).await?;
            if done == 0 {
                keys::forget(work.tx(), retiring).await?;
                let detail = format!("from {retiring} to {to}");
                audit::write_of_vault(work.tx(), "key.rotated", actor, &detail, now).await?;
            }
            work.commit().await?;
            rewrapped += done;
            crash_point("vault.rotation-batch");
        }
        self.engine.wipe_log(&self.writer).await;
        Ok(rewrapped)
    }
}

async fn rewrap_accounts(connection: &mut DbConnection, from: &Key, to: &Key) -> Result<u64, StoreError> {
    let rows = sqlx::query(concat!(
        "select ",
        account_columns!(),
        " from accounts where kek_id = $1 order by id limit $2"
    ))
    .bind(from.id().to_string())
    .bind(BATCH)
    .fetch_all(&mut *connection)
    .await?;
    for row in &rows {
        let account = account(row)?;
        let wrapped_key = envelope::rewrap(from, to, &account, &row.try_get::<Vec<u8>, _>("wrapped_key")?)?;
        sqlx::query("update accounts set kek_id = $2, wrapped_key = $3 where id = $1 and kek_id = $4")
            .bind(account.id.as_str())
            .bind(to.id().to_string())
            .bind(wrapped_key)
            // Sealed anew in between, it is under the new key already.
            .bind(from.id().to_string())
            .execute(&mut *connection)
            .await?;
    }
    Ok(rows.len() as u64)
}

async fn rewrap_drafts(connection: &mut DbConnection, from: &Key, to: &Key) -> Result<u64, StoreError> {
    let rows = sqlx::query(
        "select draft_key, wrapped_key from drafts where kek_id = $1 order by draft_key limit $2",
    )
    .bind(from.id().to_string())
    .bind(BATCH)
    .fetch_all(&mut *connection)
    .await?;
    for row in &rows {
        let key: String = parsed(row, "drafts", "draft_key")?;
        let wrapped_key = draft::rewrap(from, to, &key, &row.try_get::<Vec<u8>, _>("wrapped_key")?)?;
        sqlx::query("update drafts set kek_id = $2, wrapped_key = $3 where draft_key = $1 and kek_id = $4")
            .bind(key)
            .bind(to.id().to_string())
            .bind(wrapped_key)
            .bind(from.id().to_string())
            .execute(&mut *connection)
            .await?;
    }
    Ok(rows.len() as u64)
}

impl fmt::Display for RotateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SameKey { id } => write!(f, "the vault is sealed under key {id} already; give a new key"),
            Self::Locked { path } => {
                write!(
                    f,
                    "another process holds {} and does not let go; stop it and try again",
                    path.display()
                )
            }
            Self::Lock { path, .. } => write!(f, "{} cannot be made or opened", path.display()),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for RotateError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Store(error) => error.source(),
            Self::Lock { cause, .. } => Some(cause),
            Self::SameKey { .. } | Self::Locked { .. } => None,
        }
    }
}

impl From<StoreError> for RotateError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<sqlx::Error> for RotateError {
    fn from(cause: sqlx::Error) -> Self {
        Self::Store(cause.into())
    }
}
