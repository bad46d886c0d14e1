//! Opening a vault.
//!
//! **Invariant:** whatever opening makes or changes (folder, database, schema, key) is made under one lock that
//! all processes share, in an order in which a crash between any two steps is made good by opening again.

use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use secret::Secret;
use sqlx::{Connection as _, Pool};

use crate::database::{self, Db, DbConnection, Engine, Synced};
use crate::error::StoreError;
use crate::file;
use crate::key::{Key, KeyError};
use crate::keys::{self, Ring};
use crate::schema::{self, SCHEMA_VERSION};
use crate::source::KeySource;

/// Accounts, and their credentials under seal. Several processes may have the same vault open.
pub struct Vault {
    pub(crate) folder: PathBuf,
    pub(crate) engine: Engine,
    pub(crate) writer: Pool<Db>,
    pub(crate) readers: Pool<Db>,
    keys: RwLock<Keys>,
    /// Held while it is open: nobody puts another database in its place.
    _user: File,
}

/// The keys at hand, and where to look for others when a key was rotated by another process.
struct Keys {
    source: KeySource,
    ring: Ring,
}

/// Why a vault could not be opened.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// A folder or file of the vault could not be made or opened.
    File {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// Another process has been opening the vault for too long.
    Locked {
        /// The lock file.
        path: PathBuf,
    },
    /// The database was written by a newer version.
    Newer {
        /// The version of the schema in the database.
        found: i64,
    },
    /// The folder is on a file system on which SQLite cannot share its log between processes.
    NoLog {
        /// The database.
        path: PathBuf,
    },
    /// The database could not be opened.
    Database {
        /// The database, without a password.
        name: String,
        /// What the database said.
        cause: sqlx::Error,
    },
    /// The key is not there, not safe, or not the right one.
    Key(KeyError),
    /// The database could not be brought up to date or read.
    Store(StoreError),
}

impl Vault {
    /// Opens the vault in a folder; makes folder, database and key if this is the first time.
    pub async fn open(folder: &Path, key: KeySource) -> Result<Self, OpenError> {
        Self::open_engine(folder, Engine::Sqlite(folder.join("vault.db")), key).await
    }

    /// Opens the vault in a PostgreSQL database, by its URL. The folder holds the lock of this machine and, where the
    /// key is a file, the key; all who open the same database need the same key.
    pub async fn open_postgres(folder: &Path, url: Secret, key: KeySource) -> Result<Self, OpenError> {
        Self::open_engine(folder, Engine::Postgres(url), key).await
    }

    async fn open_engine(folder: &Path, engine: Engine, key: KeySource) -> Result<Self, OpenError> {
        let lock = lock_path(folder);
        let failed = |cause| OpenError::Database { name: engine.to_string(), cause };

        let database = match &engine {
            Engine::Sqlite(path) => Some(path.clone()),
            Engine::Postgres(_) => None,
        };
        let made = (folder.to_owned(), database.clone(), lock.clone());
        let guard = off_thread(move || make_files(&made.0, made.1.as_deref(), &made.2)).await?;
        let (guard, user) = guard.ok_or(OpenError::Locked { path: lock })?;

        let mut connection = engine.connect().await.map_err(failed)?;
        if let Some(path) = database
            && !database::use_log(&mut connection).await.map_err(failed)?
        {
            return Err(OpenError::NoLog { path });
        }
        schema::migrate(&engine, &mut connection).await?.map_err(|found| OpenError::Newer { found })?;
        let ring = open_keys(&engine, &mut connection, &key).await?;

        let (writer, readers) = engine.pools().await.map_err(failed)?;
        // After the writer is there: closing the last connection would throw SQLite's log away and make it anew.
        database::close(connection).await.map_err(failed)?;
        drop(guard);
        let keys = RwLock::new(Keys { source: key, ring });
        Ok(Self { folder: folder.to_owned(), engine, writer, readers, keys, _user: user })
    }

    /// Closes the database. Nothing is lost without it; but the log is merged and removed.
    pub async fn close(self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    pub(crate) fn ring(&self) -> Ring {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).ring.clone()
    }

    pub(crate) fn source(&self) -> KeySource {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).source.clone()
    }

    pub(crate) fn hold(&self, source: KeySource, ring: Ring) {
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Keys { source, ring };
    }

    /// Looks at source and record again: another process has begun to rotate the key.
    pub(crate) async fn reload_keys(&self) -> Result<Ring, StoreError> {
        let source = self.source();
        let loaded = load(&source).await?;
        let records = keys::records(&mut *self.readers.acquire().await?).await?;
        let ring = Ring::assemble(loaded, &records, &source.to_string())?;
        self.hold(source, ring.clone());
        Ok(ring)
    }
}

/// Where the lock of a vault's folder is.
pub(crate) fn lock_path(folder: &Path) -> PathBuf {
    folder.join("vault.lock")
}

/// What the source holds now.
pub(crate) async fn load(source: &KeySource) -> Result<Vec<Key>, KeyError> {
    let source = source.clone();
    off_thread(move || source.load()).await
}

/// For what blocks: files, locks, other programs.
pub(crate) async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

fn make_files(
    folder: &Path,
    database: Option<&Path>,
    lock: &Path,
) -> Result<Option<(File, File)>, OpenError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        |cause| OpenError::File { path, cause }
    };
    file::make_folder(folder).map_err(failed(folder))?;
    let Some(guard) = file::lock(lock).map_err(failed(lock))? else { return Ok(None) };
    let Some(user) = file::in_use(folder).map_err(failed(folder))? else { return Ok(None) };
    if let Some(database) = database {
        file::make_private(database).map_err(failed(database))?;
        file::sync_folder(folder).map_err(failed(folder))?;
    }
    Ok(Some((guard, user)))
}

/// Under the lock. The key is made before it is recorded, and made only when none has ever been recorded.
async fn open_keys(
    engine: &Engine,
    connection: &mut DbConnection,
    source: &KeySource,
) -> Result<Ring, OpenError> {
    let mut records = keys::records(connection).await?;
    let loaded = if records.is_empty() {
        let source = source.clone();
        let key = off_thread(move || source.load_or_make()).await?;
        let mut tx =
            connection.begin_with(engine.begin_writing(Synced::Yes)).await.map_err(StoreError::from)?;
        keys::record_first(&mut tx, &key).await?;
        tx.commit().await.map_err(StoreError::from)?;
        records = keys::records(connection).await?;
        vec![key]
    } else {
        load(source).await?
    };
    let ring = Ring::assemble(loaded, &records, &source.to_string())?;
    if let Some(path) = source.path() {
        promote(path.clone(), keys::current(connection).await?).await?;
    }
    Ok(ring)
}

/// Under the lock: when the database seals under the next key already, that key becomes the key.
pub(crate) async fn promote(path: PathBuf, current: crate::key::KeyId) -> Result<(), KeyError> {
    off_thread(move || match file::read_key(&file::next_key(&path))? {
        Some(next) if next.id() == current => file::promote_next_key(&path),
        Some(_) | None => Ok(()),
    })
    .await
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, .. } => write!(f, "{} cannot be made or opened", path.display()),
            Self::Locked { path } => {
                write!(
                    f,
                    "another process holds {} and does not let go; stop it and try again",
                    path.display()
                )
            }
            Self::Newer { found } => write!(
                f,
                "the vault was written by a newer waystone (schema {found}, not {SCHEMA_VERSION}); upgrade waystone"
            ),
            Self::NoLog { path } => {
                write!(
                    f,
                    "{} is on a file system without write-ahead logging; use a local disk",
                    path.display()
                )
            }
            Self::Database { name, .. } => write!(f, "the database {name} cannot be opened"),
            Self::Key(error) => error.fmt(f),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::File { cause, .. } => Some(cause),
            Self::Database { cause, .. } => Some(cause),
            Self::Key(error) => error.source(),
            Self::Store(error) => error.source(),
            Self::Locked { .. } | Self::Newer { .. } | Self::NoLog { .. } => None,
        }
    }
}

impl From<KeyError> for OpenError {
    fn from(error: KeyError) -> Self {
        Self::Key(error)
    }
}

impl From<StoreError> for OpenError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_vault_can_be_shared_and_its_work_sent_to_other_threads() {
        fn is_shared<T: Send + Sync>(value: T) -> T {
            value
        }
        fn is_sent<T: Send>(value: T) -> T {
            value
        }
        let folder = tempfile::tempdir().unwrap();
        let now = jiff::Timestamp::UNIX_EPOCH;
        let key = KeySource::File(folder.path().join("vault.key"));
        let vault = is_shared(is_sent(Vault::open(folder.path(), key.clone())).await.unwrap());
        let account = is_sent(vault.add(&crate::NewAccount::default(), None, "ada", now)).await.unwrap();
        is_sent(vault.unseal(&account.id, "ada", "verify", now)).await.unwrap();
        is_sent(vault.rotate_key(key, "ada", now)).await.unwrap();
        is_sent(vault.remove(&account.id, "ada", now)).await.unwrap();
        is_sent(vault.load_draft("draft", now)).await.unwrap();
    }
}
