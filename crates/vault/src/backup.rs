//! Copies of a vault on SQLite: made while others work, proved, and put back.
//!
//! **Invariant:** a copy is there whole and proved, or not at all, and is its owner's alone from its first moment; it
//! holds what the database holds, which is sealed, and never the key. Whoever puts one back has the folder to himself;
//! at every moment the database is the one before or the copy, and the one before is kept.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::crash::crash_point;
use crate::database::{self, Engine};
use crate::error::StoreError;
use crate::file;
use crate::key::KeyError;
use crate::keys::{self, Ring};
use crate::open::{OpenError, Vault, load, lock_path, off_thread};
use crate::prove::{Proof, prove};
use crate::schema;
use crate::source::KeySource;

/// What was put back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// What was found in the copy.
    pub proof: Proof,
    /// Where the database is that was there before, if there was one.
    pub kept: Option<PathBuf>,
}

/// Why a copy could not be made or put back.
#[derive(Debug)]
#[non_exhaustive]
pub enum BackupError {
    /// There is a file of that name, and it was not said that it may be replaced.
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The database is on a server, which has tools of its own for it.
    OnServer,
    /// A program has the vault open.
    InUse {
        /// The vault's folder.
        folder: PathBuf,
    },
    /// A file could not be read or written.
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// The file is no vault, or is damaged.
    NotAVault {
        /// The file.
        path: PathBuf,
        /// What the database said.
        cause: sqlx::Error,
    },
    /// The file holds no vault that was ever sealed.
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// The vault or the copy could not be opened.
    Open(OpenError),
    /// Something in it cannot be read or opened.
    Store(StoreError),
}

impl Vault {
    /// Whether the database is on a server.
    pub fn is_on_server(&self) -> bool {
        matches!(self.engine, Engine::Postgres(_))
    }

    /// Copies the database into a file, and proves the copy. `replace`: a file of that name may go.
    pub async fn back_up(&self, to: &Path, replace: bool) -> Result<Proof, BackupError> {
        if self.is_on_server() {
            return Err(BackupError::OnServer);
        }
        let exists = || BackupError::Exists { path: to.to_owned() };
        if !replace && to.symlink_metadata().is_ok() {
            return Err(exists());
        }
        let draft = Draft::beside(to)?;
        // A database takes an empty file for one that is to be made; this one is the owner's alone already.
        let name = draft.0.to_str().ok_or_else(|| failed(to)(io::ErrorKind::InvalidFilename.into()))?;
        sqlx::query("vacuum into $1").bind(name).execute(&self.writer).await.map_err(StoreError::from)?;
        crash_point("vault.copy-made");
        let proof = prove_file(&draft.0, &self.source()).await?;
        draft.publish(to, replace).map_err(|cause| match cause.kind() {
            io::ErrorKind::AlreadyExists => exists(),
            _ => failed(to)(cause),
        })?;
        Ok(proof)
    }
}

/// Puts a copy in the place of the database in a folder. It is proved first, with the key of the folder's vault.
pub async fn restore(
    folder: &Path,
    key: &KeySource,
    from: &Path,
    now: Timestamp,
) -> Result<Restored, BackupError> {
    file::make_folder(folder).map_err(failed(folder))?;
    let lock = lock_path(folder);
    let (locking, opening) = (lock.clone(), folder.to_owned());
    // Who holds both is alone, and stays so: nobody opens without the one, and nobody has it open without the other.
    let guards = off_thread(move || Ok((file::lock(&locking)?, file::alone(&opening)?))).await;
    let (opening, alone) = guards.map_err(failed(&lock))?;
    let (Some(_opening), Some(_alone)) = (opening, alone) else {
        return Err(BackupError::InUse { folder: folder.to_owned() });
    };
    let place = folder.join("vault.db");
    let draft = Draft::beside(&place)?;
    std::fs::copy(from, &draft.0).map_err(failed(from))?;
    file::make_private(&draft.0).and_then(|file| file.sync_all()).map_err(failed(&draft.0))?;
    let proof = prove_file(&draft.0, key).await?;
    crash_point("vault.copy-proved");

    let kept = if place.exists() { Some(keep(&place, now).await?) } else { None };
    crash_point("vault.before-restore");
    draft.publish(&place, true).map_err(failed(&place))?;
    Ok(Restored { proof, kept })
}

/// Opens everything in a copy; one of an older version is brought up to date first.
async fn prove_file(path: &Path, key: &KeySource) -> Result<Proof, BackupError> {
    let engine = Engine::Sqlite(path.to_owned());
    let broken = |cause| BackupError::NotAVault { path: path.to_owned(), cause };
    let mut connection = engine.connect().await.map_err(broken)?;
    let is_vault: i64 = sqlx::query_scalar("select count(*) from sqlite_master where name = 'vault_schema'")
        .fetch_one(&mut connection)
        .await
        .map_err(broken)?;
    if is_vault == 0 {
        return Err(BackupError::Empty { path: path.to_owned() });
    }
    let found = schema::migrate(&engine, &mut connection).await?;
    found.map_err(|found| OpenError::Newer { found })?;
    let records = keys::records(&mut connection).await?;
    if records.is_empty() {
        return Err(BackupError::Empty { path: path.to_owned() });
    }
    let ring = Ring::assemble(load(key).await?, &records, &key.to_string())?;
    let proof = prove(&engine, &mut connection, &ring).await?;
    database::close(connection).await.map_err(broken)?;
    Ok(proof)
}

/// Keeps the database that is there under another name, whole. It stays in its place, too.
async fn keep(place: &Path, now: Timestamp) -> Result<PathBuf, BackupError> {
    let kept = file::beside(place, &format!(".before-{}", now.strftime("%Y%m%dT%H%M%S%fZ")));
    let log = file::beside(place, "-wal");
    // Opened and closed by the only one who has it, its log goes into it. If it is too damaged for that, and that may be
    // why another takes its place, the log is kept beside it.
    if let Ok(connection) = Engine::Sqlite(place.to_owned()).connect().await {
        let mut connection = connection;
        let _ = sqlx::query("pragma wal_checkpoint(truncate)").execute(&mut connection).await;
        let _ = database::close(connection).await;
    }
    let renamed =
        std::fs::hard_link(place, &kept).or_else(|_| std::fs::copy(place, &kept).map(|_| ())).and_then(
            |()| if log.exists() { std::fs::rename(&log, file::beside(&kept, "-wal")) } else { Ok(()) },
        );
    renamed.map_err(failed(&kept))?;
    let _ = std::fs::remove_file(file::beside(place, "-shm"));
    Ok(kept)
}

/// A file that comes about beside the place where it will be. Nothing of it is left unless it is published.
struct Draft(PathBuf);

impl Draft {
    fn beside(place: &Path) -> Result<Self, BackupError> {
        let path = file::beside(place, &file::random_suffix().map_err(OpenError::from)?);
        file::make_new(&path).map_err(failed(&path))?;
        Ok(Self(path))
    }

    /// Gives it its name, durably. `replace`: a file of that name goes in the same moment.
    fn publish(&self, place: &Path, replace: bool) -> io::Result<()> {
        std::fs::File::open(&self.0)?.sync_all()?;
        if replace {
            std::fs::rename(&self.0, place)?;
        } else {
            std::fs::hard_link(&self.0, place)?;
        }
        file::sync_folder(&file::folder_of(place))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm", "-journal"] {
            let _ = std::fs::remove_file(file::beside(&self.0, end));
        }
    }
}

fn failed(path: &Path) -> impl Fn(io::Error) -> BackupError {
    let path = path.to_owned();
    move |cause| BackupError::File { path: path.clone(), cause }
}

impl fmt::Display for BackupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists { path } => write!(f, "{} is there already", path.display()),
            Self::OnServer => {
                f.write_str("the database is on a PostgreSQL server, which has its own tools for copies")
            }
            Self::InUse { folder } => write!(f, "a program has the vault in {} open", folder.display()),
            Self::File { path, .. } => write!(f, "{} cannot be read or written", path.display()),
            Self::NotAVault { path, .. } => write!(f, "{} is no vault, or is damaged", path.display()),
            Self::Empty { path } => write!(f, "{} holds no vault", path.display()),
            Self::Open(error) => error.fmt(f),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for BackupError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::File { cause, .. } => Some(cause),
            Self::NotAVault { cause, .. } => Some(cause),
            Self::Open(error) => error.source(),
            Self::Store(error) => error.source(),
            Self::Exists { .. } | Self::OnServer | Self::InUse { .. } | Self::Empty { .. } => None,
        }
    }
}

impl From<StoreError> for BackupError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<OpenError> for BackupError {
    fn from(error: OpenError) -> Self {
        Self::Open(error)
    }
}

impl From<KeyError> for BackupError {
    fn from(error: KeyError) -> Self {
        Self::Open(error.into())
    }
}
