//! Opening a vault.
//!
//! **Invariant:** a process holds a lock while it creates or changes the vault's folder, database, schema or key, so no
//! two processes do this at the same time. If a process is interrupted while it opens a vault, the next process to open
//! the vault makes the remaining changes.

use std::fmt;
use std::fs::File;
use std::io;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use secret::Secret;
use sqlx::{Connection as _, Pool};
use thiserror::Error;

use crate::database::{self, Db, DbConnection, DbRow, Engine, Statement, Synced};
use crate::error::StoreError;
use crate::file::{self, FileId, OthersAccess, lock_path, off_thread};
use crate::key::{Key, KeyError, KeyId};
use crate::key_file;
use crate::keys::{self, HeldKeys, Ring};
use crate::new_file;
use crate::schema::{self, Unsupported};
use crate::source::KeySource;
use crate::writer::Writer;

/// A function that converts a row into a value.
type Read<T> = fn(&DbRow) -> Result<T, StoreError>;

/// Accounts with their sealed credentials, and all other data that Waystone stores. Several processes may have the same
/// vault open.
///
/// The vault itself only reads data. It dereferences to its [`Writer`], which makes changes.
pub struct Vault {
    pub(crate) folder: PathBuf,
    pub(crate) readers: Pool<Db>,
    writer: Writer,
    /// A shared lock, held while the vault is open, that prevents a restore from replacing the database.
    _user: File,
    /// SQLite's database file. `None` for PostgreSQL.
    pub(crate) file: Option<FileId>,
}

/// Why a vault could not be opened.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// A folder or file in the vault could not be created or opened.
    #[error("{path} cannot be created or opened")]
    File {
        /// The path to the folder or file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// Other users could replace the vault's files, or put a key there before the vault creates its own.
    #[error(
        "other users can write to the folder {path}; run `chmod 700` on it, or use a subfolder, which will be created"
    )]
    Exposed {
        /// The path to the folder.
        path: PathBuf,
    },
    /// Another process held the lock for too long.
    #[error("another process holds {path}; stop it and try again")]
    Locked {
        /// The path to the lock file.
        path: PathBuf,
    },
    /// The database has a schema that this version cannot use.
    #[error(transparent)]
    Schema(Unsupported),
    /// The folder is on a file system where processes cannot share SQLite's log.
    #[error("{path} is on a file system without write-ahead logging; use a local disk")]
    NoLog {
        /// The path to the database file.
        path: PathBuf,
    },
    /// The database could not be opened.
    #[error("the database {name} cannot be opened")]
    Database {
        /// The database, without a password.
        name: String,
        /// The database's error.
        source: sqlx::Error,
    },
    /// The key is missing, is accessible to other users, or is not the vault's key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The database could not be migrated or read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Vault {
    /// Opens the vault in a folder. Creates the folder, the database and the key if they do not exist.
    pub async fn open(folder: &Path, key: KeySource) -> Result<Self, OpenError> {
        Self::open_engine(folder, Engine::Sqlite(folder.join("vault.db")), key).await
    }

    /// Opens a vault that is stored in a PostgreSQL database. The folder contains this machine's lock file and, if the
    /// key is stored in a file, the key file. All machines that open the same database need the same key.
    pub async fn open_postgres(folder: &Path, url: Secret, key: KeySource) -> Result<Self, OpenError> {
        Self::open_engine(folder, Engine::Postgres(url), key).await
    }

    async fn open_engine(folder: &Path, engine: Engine, key: KeySource) -> Result<Self, OpenError> {
        let lock = lock_path(folder);
        let failed = |source| OpenError::Database { name: engine.to_string(), source };

        let database = engine.file().map(Path::to_owned);
        let paths = (folder.to_owned(), database.clone(), lock.clone());
        let locks = off_thread(move || create_files(&paths.0, paths.1.as_deref(), &paths.2)).await?;
        let (guard, user) = locks.ok_or(OpenError::Locked { path: lock })?;

        let mut connection = engine.connect().await.map_err(failed)?;
        if let Some(path) = database
            && !database::use_log(&mut connection).await.map_err(failed)?
        {
            return Err(OpenError::NoLog { path });
        }
        schema::migrate(&engine, &mut connection).await?.map_err(OpenError::Schema)?;
        let ring = open_keys(&engine, &mut connection, &key).await?;

        let (pool, readers) = engine.pools().await.map_err(failed)?;
        let file = engine.file().map(FileId::of).transpose();
        let file = file.map_err(|source| OpenError::File { path: folder.join("vault.db"), source })?;
        // Closes this connection only after the writer has connected, because closing the last connection would delete
        // SQLite's log, and the next connection would have to recreate it.
        connection.close().await.map_err(failed)?;
        drop(guard);
        let writer = Writer {
            engine: Arc::new(engine),
            pool,
            keys: HeldKeys::new(key, ring),
            is_suspect: Arc::default(),
            changes: Arc::default(),
        };
        Ok(Self { folder: folder.to_owned(), readers, writer, _user: user, file })
    }

    /// Closes the database, which merges SQLite's log into it. Dropping the vault without closing it loses no data.
    pub async fn close(self) {
        self.readers.close().await;
        self.writer.pool.close().await;
    }

    /// Runs a query and uses `read` to convert each row that it returns.
    pub(crate) async fn all<T>(&self, query: Statement<'_>, read: Read<T>) -> Result<Vec<T>, StoreError> {
        query.fetch_all(&self.readers).await?.iter().map(read).collect()
    }

    /// Runs a query and uses `read` to convert the row that it returns. `None` if the query returns no row.
    pub(crate) async fn optional<T>(
        &self,
        query: Statement<'_>,
        read: Read<T>,
    ) -> Result<Option<T>, StoreError> {
        query.fetch_optional(&self.readers).await?.as_ref().map(read).transpose()
    }

    /// Returns the key with this id. If another process has rotated the key since it was last loaded, loads the new key
    /// from the source.
    pub(crate) async fn key(&self, id: KeyId) -> Result<Arc<Key>, StoreError> {
        if let Some(key) = self.keys.ring().get(id) {
            return Ok(key);
        }
        let ring = self.keys.reload(&mut *self.readers.acquire().await?).await?;
        ring.get(id).ok_or(StoreError::Key(KeyError::Damaged { id }))
    }
}

impl Deref for Vault {
    type Target = Writer;

    fn deref(&self) -> &Writer {
        &self.writer
    }
}

/// Creates any missing files and acquires two locks: the lock for opening the vault and the shared lock for using it.
/// `None` if another process prevents this by holding one of the locks.
fn create_files(
    folder: &Path,
    database: Option<&Path>,
    lock: &Path,
) -> Result<Option<(File, File)>, OpenError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        |source| OpenError::File { path, source }
    };
    create_folder(folder)?;
    let Some(guard) = file::lock(lock).map_err(failed(lock))? else { return Ok(None) };
    let Some(user) = file::lock_shared(folder).map_err(failed(folder))? else { return Ok(None) };
    if let Some(database) = database {
        // A restore that was killed leaves its copy, which might never be followed by another restore.
        new_file::remove_abandoned(database, &guard.metadata().map_err(failed(lock))?);
        file::open_private(database).map_err(failed(database))?;
        file::sync_folder(folder).map_err(failed(folder))?;
    }
    Ok(Some((guard, user)))
}

/// Creates a vault's folder if it does not exist. Like PostgreSQL and SSH, refuses a folder that other users can write
/// to. If they can only read it, they see the names of its files, which are themselves private.
pub(crate) fn create_folder(folder: &Path) -> Result<(), OpenError> {
    let failed = |source| OpenError::File { path: folder.to_owned(), source };
    file::create_folder(folder).map_err(failed)?;
    match OthersAccess::of(&folder.metadata().map_err(failed)?) {
        OthersAccess::Write => Err(OpenError::Exposed { path: folder.to_owned() }),
        OthersAccess::Read | OthersAccess::None => Ok(()),
    }
}

/// Loads the keys. The caller holds the lock for opening the vault. Creates a key only if the table has never contained
/// one: first at its source, and then in the table.
async fn open_keys(
    engine: &Engine,
    connection: &mut DbConnection,
    source: &KeySource,
) -> Result<Ring, OpenError> {
    let mut records = keys::records(connection).await?;
    let loaded = if records.is_empty() {
        let key = source.load_or_create().await?;
        let mut tx =
            connection.begin_with(engine.begin_writing(Synced::Yes)).await.map_err(StoreError::from)?;
        keys::insert(&mut tx, &key, None).await?;
        tx.commit().await.map_err(StoreError::from)?;
        records = keys::records(connection).await?;
        vec![key]
    } else {
        source.load().await?
    };
    let ring = Ring::assemble(loaded, &records, &source.to_string())?;
    if let Some(path) = source.path().cloned() {
        let current = keys::current(connection).await?;
        off_thread(move || key_file::promote_next_key(&path, current)).await?;
    }
    Ok(ring)
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("folder", &self.folder).finish_non_exhaustive()
    }
}
