//! Backups of a SQLite vault: copying it while other processes use it, checking that everything in a copy can be
//! opened, and restoring a copy.
//!
//! **Invariant:** a copy is complete and proved, or it does not exist. Its file is accessible only to the owner from
//! the moment it is created. A copy contains the database, in which all secrets are sealed, but never the key. A
//! restore has exclusive use of the folder. Throughout a restore, the folder contains either the previous database or
//! the copy, and the previous database is kept.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use sqlx::Connection as _;
use thiserror::Error;

use crate::crash::crash_point;
use crate::database::Engine;
use crate::error::StoreError;
use crate::file::{self, lock_path, off_thread};
use crate::key::KeyError;
use crate::keys::{self, Ring};
use crate::new_file::NewFile;
use crate::open::{OpenError, Vault, create_folder};
use crate::prove::{Proof, prove};
use crate::schema;
use crate::source::KeySource;

/// The result of restoring a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The result of proving the copy.
    pub proof: Proof,
    /// Where the previous database is kept. `None` if there was no previous database.
    pub kept: Option<PathBuf>,
}

/// Why a copy could not be made or restored.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BackupError {
    /// The file exists, and the caller did not allow it to be replaced.
    #[error("{path} already exists")]
    Exists {
        /// The path to the existing file.
        path: PathBuf,
    },
    /// The database is on a server, which has its own backup tools.
    #[error("the database is on a PostgreSQL server, which has its own backup tools")]
    OnServer,
    /// Another process has the vault open.
    #[error("the vault in {folder} is open in another process")]
    InUse {
        /// The vault's folder.
        folder: PathBuf,
    },
    /// A file could not be read or written.
    #[error("{path} cannot be read or written")]
    File {
        /// The path to the file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The file is not a vault, or is damaged.
    #[error("{path} is not a vault, or is damaged")]
    NotAVault {
        /// The path to the file.
        path: PathBuf,
        /// The database's error.
        source: sqlx::Error,
    },
    /// The file contains no vault, or a vault that was never sealed.
    #[error("{path} contains no vault")]
    Empty {
        /// The path to the file.
        path: PathBuf,
    },
    /// The vault or the copy could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// An item in the vault or the copy cannot be read or opened.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Vault {
    /// Returns whether the database is on a server.
    pub fn is_on_server(&self) -> bool {
        self.engine.file().is_none()
    }

    /// Copies the database to a file, and proves the copy. Fails if the file exists, unless `replace` is set.
    pub async fn back_up(&self, to: &Path, replace: bool) -> Result<Proof, BackupError> {
        if self.is_on_server() {
            return Err(BackupError::OnServer);
        }
        let exists = || BackupError::Exists { path: to.to_owned() };
        if !replace && to.symlink_metadata().is_ok() {
            return Err(exists());
        }
        let copy = NewFile::next_to(to).map_err(failed(to))?;
        // SQLite can copy to an existing file if the file is empty.
        copy.create_private().map_err(failed(to))?;
        let path = copy.path();
        let name = path.to_str().ok_or_else(|| failed(to)(io::ErrorKind::InvalidFilename.into()))?;
        sqlx::query("vacuum into $1").bind(name).execute(&self.pool).await.map_err(StoreError::from)?;
        crash_point("vault.copy-made");
        let proof = prove_file(&path, &self.keys.source()).await?;
        let published = if replace { copy.replace(to) } else { copy.place(to) };
        published.map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => exists(),
            _ => failed(to)(source),
        })?;
        Ok(proof)
    }
}

/// Replaces the database in a folder with a copy, after proving the copy with the vault's key.
pub async fn restore(
    folder: &Path,
    key: &KeySource,
    from: &Path,
    now: Timestamp,
) -> Result<Restored, BackupError> {
    create_folder(folder)?;
    let lock = lock_path(folder);
    let (locking, opening) = (lock.clone(), folder.to_owned());
    // A process holds the first lock while it opens the vault, and the second lock while the vault is open. Holding
    // both locks therefore guarantees exclusive use.
    let guards = off_thread(move || Ok((file::lock(&locking)?, file::lock_exclusive(&opening)?))).await;
    let (opening, exclusive) = guards.map_err(failed(&lock))?;
    let (Some(_opening), Some(_exclusive)) = (opening, exclusive) else {
        return Err(BackupError::InUse { folder: folder.to_owned() });
    };
    let database = folder.join("vault.db");
    let copy = copy_next_to(&database, from).map_err(failed(from))?;
    let proof = prove_file(&copy.path(), key).await?;
    crash_point("vault.copy-proved");

    let kept = if database.exists() { Some(keep(&database, now).await?) } else { None };
    crash_point("vault.before-restore");
    copy.replace(&database).map_err(failed(&database))?;
    Ok(Restored { proof, kept })
}

/// Proves a copy by opening all of its sealed data. Migrates a copy with an older schema first.
async fn prove_file(path: &Path, key: &KeySource) -> Result<Proof, BackupError> {
    let engine = Engine::Sqlite(path.to_owned());
    let broken = |source| BackupError::NotAVault { path: path.to_owned(), source };
    let mut connection = engine.connect().await.map_err(broken)?;
    let is_vault: i64 = sqlx::query_scalar("select count(*) from sqlite_master where name = 'vault_schema'")
        .fetch_one(&mut connection)
        .await
        .map_err(broken)?;
    if is_vault == 0 {
        return Err(BackupError::Empty { path: path.to_owned() });
    }
    schema::migrate(&engine, &mut connection).await?.map_err(OpenError::Schema)?;
    let records = keys::records(&mut connection).await?;
    if records.is_empty() {
        return Err(BackupError::Empty { path: path.to_owned() });
    }
    let ring = Ring::assemble(key.load().await?, &records, &key.to_string())?;
    let proof = prove(&engine, &mut connection, &ring).await?;
    connection.close().await.map_err(broken)?;
    Ok(proof)
}

/// Keeps a complete copy of the database under another name, and returns the copy's path. The database itself remains
/// in place.
async fn keep(database: &Path, now: Timestamp) -> Result<PathBuf, BackupError> {
    let kept = file::sibling(database, &format!(".before-{}", now.strftime("%Y%m%dT%H%M%S%fZ")));
    let log = file::sibling(database, "-wal");
    // Opening and closing the database merges its log into it. A damaged database might not open, and the damage could
    // be the reason for the restore. In that case, the log is moved next to the kept copy.
    if let Ok(mut connection) = Engine::Sqlite(database.to_owned()).connect().await {
        let _ = sqlx::query("pragma wal_checkpoint(truncate)").execute(&mut connection).await;
        let _ = connection.close().await;
    }
    let renamed = std::fs::hard_link(database, &kept)
        // Some file systems have no links.
        .or_else(|_| copy_next_to(database, database)?.replace(&kept))
        .and_then(
            |()| if log.exists() { std::fs::rename(&log, file::sibling(&kept, "-wal")) } else { Ok(()) },
        );
    renamed.map_err(failed(&kept))?;
    let _ = std::fs::remove_file(file::sibling(database, "-shm"));
    Ok(kept)
}

/// Copies a file to a new file next to the database.
fn copy_next_to(database: &Path, from: &Path) -> io::Result<NewFile> {
    let copy = NewFile::next_to(database)?;
    io::copy(&mut File::open(from)?, &mut copy.create_private()?)?;
    Ok(copy)
}

fn failed(path: &Path) -> impl Fn(io::Error) -> BackupError {
    let path = path.to_owned();
    move |source| BackupError::File { path: path.clone(), source }
}

impl From<KeyError> for BackupError {
    fn from(error: KeyError) -> Self {
        Self::Open(error.into())
    }
}
