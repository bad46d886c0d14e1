//! The vault's folder and its lock files.
//!
//! **Invariant:** new files and folders are accessible only to their owner from the moment they are created.

use std::ffi::OsString;
use std::fs::{DirBuilder, File, Metadata, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The permission bits for all users except the owner.
#[cfg(unix)]
pub(crate) const OTHERS: u32 = 0o077;

/// Every process that has the vault open holds a shared lock on this file.
const USERS: &str = "vault.users";

/// The maximum wait while another process holds the lock. Opening a vault usually takes milliseconds, but a slow key
/// command can take seconds.
const TIMEOUT: Duration = Duration::from_secs(45);

/// Returns the path to the lock file in a vault's folder.
pub(crate) fn lock_path(folder: &Path) -> PathBuf {
    folder.join("vault.lock")
}

/// Runs blocking work (files, locks, other programs) on a separate thread.
pub(crate) async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

/// Creates a folder and its missing parents, accessible only to the owner. Leaves an existing folder unchanged.
pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
    private_folder().recursive(true).create(path)
}

/// Creates a folder that only the owner can access. Fails if it exists.
pub(crate) fn create_private_folder(path: &Path) -> io::Result<()> {
    private_folder().create(path)
}

fn private_folder() -> DirBuilder {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "other systems have no permission bits"))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// What users other than the owner can do with a file or folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OthersAccess {
    /// They have no access.
    None,
    /// They can read it, or use what is in it.
    Read,
    /// They can change it: replace a file in the folder, for example.
    Write,
}

impl OthersAccess {
    /// Returns the access that the permission bits allow. On systems without such bits, other users have no access.
    pub fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        let mode = std::os::unix::fs::MetadataExt::mode(metadata);
        #[cfg(not(unix))]
        let mode = {
            let _ = metadata;
            0
        };
        match mode {
            mode if mode & 0o022 != 0 => Self::Write,
            mode if mode & 0o077 != 0 => Self::Read,
            _ => Self::None,
        }
    }
}

/// Opens a file, creating it if needed, and removes the permissions of all users except the owner.
pub(crate) fn open_private(path: &Path) -> io::Result<File> {
    let file = private().read(true).truncate(false).create(true).open(path)?;
    #[cfg(unix)]
    if mode(&file)? & OTHERS != 0 {
        file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    }
    Ok(file)
}

/// Identifies a file, even if another file gets its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileId {
    #[cfg(unix)]
    device: u64,
    #[cfg(unix)]
    inode: u64,
}

impl FileId {
    /// Identifies the file at a path. On systems without inodes, all files are equal.
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        let metadata = path.metadata()?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            Ok(Self { device: metadata.dev(), inode: metadata.ino() })
        }
        #[cfg(not(unix))]
        {
            let _ = metadata;
            Ok(Self {})
        }
    }
}

/// Waits for the lock on a vault's folder. Returns `None` if another process holds the lock for too long.
pub(crate) fn lock(path: &Path) -> io::Result<Option<File>> {
    let file = open_private(path)?;
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) if start.elapsed() < TIMEOUT => {
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

/// Marks a vault's folder as in use until the returned file is closed or the process ends. Returns `None` if another
/// process has exclusive use of the folder.
pub(crate) fn lock_shared(folder: &Path) -> io::Result<Option<File>> {
    try_locked(open_private(&folder.join(USERS))?, File::try_lock_shared)
}

/// Acquires exclusive use of a vault's folder. Returns `None` if the folder is in use.
pub(crate) fn lock_exclusive(folder: &Path) -> io::Result<Option<File>> {
    try_locked(open_private(&folder.join(USERS))?, File::try_lock)
}

fn try_locked(file: File, lock: impl FnOnce(&File) -> Result<(), TryLockError>) -> io::Result<Option<File>> {
    match lock(&file) {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Creates a file that only the owner can access. Fails if the file exists.
pub(crate) fn create_new(path: &Path) -> io::Result<File> {
    private().create_new(true).open(path)
}

/// Ensures that created and renamed files in a folder survive a power failure.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    // Systems other than Unix cannot open a folder as a file, and do not need this step.
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Returns an open file's permission bits.
#[cfg(unix)]
pub(crate) fn mode(file: &File) -> io::Result<u32> {
    Ok(std::os::unix::fs::MetadataExt::mode(&file.metadata()?) & 0o7777)
}

/// Returns the folder that contains a file.
pub(crate) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Returns the path with a suffix appended to its file name.
pub(crate) fn sibling(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}
