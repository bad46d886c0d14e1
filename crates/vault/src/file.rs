//! The vault's folder, its lock files and its key file.
//!
//! **Invariant:** new files and folders are accessible only to their owner from the moment they are created. A key file
//! is either complete or absent, and creating a key never overwrites a key file. A key file that other users can access
//! is never used.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use crate::crash::crash_point;
use crate::key::{Key, KeyError, KeyId};

/// The maximum length of a key file, in bytes. Prevents endless reading if the path is a device.
const MAX_LENGTH: u64 = 64 * 1024;

/// The permission bits for all users except the owner.
#[cfg(unix)]
const OTHERS: u32 = 0o077;

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
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
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

/// Reads the key from a file. Returns `None` if the file does not exist.
pub(crate) fn read_key(path: &Path) -> Result<Option<Key>, KeyError> {
    let failed = |source| KeyError::File { path: path.to_owned(), source };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    // Checks the open file rather than the path, because the file at the path could be replaced after the check.
    #[cfg(unix)]
    {
        let mode = mode(&file).map_err(failed)?;
        if mode & OTHERS != 0 {
            return Err(KeyError::Exposed { path: path.to_owned(), mode });
        }
    }
    read_key_from(file, &format!("the key file {}", path.display()), failed).map(Some)
}

/// Reads the key from an open file or a command's output.
pub(crate) fn read_key_from(
    from: impl io::Read,
    origin: &str,
    failed: impl Fn(io::Error) -> KeyError,
) -> Result<Key, KeyError> {
    let mut text = Zeroizing::new(Vec::with_capacity(4096));
    from.take(MAX_LENGTH).read_to_end(&mut text).map_err(failed)?;
    let text = std::str::from_utf8(&text).map_err(|_| KeyError::NotAKey { origin: origin.to_owned() })?;
    Key::parse(text, origin)
}

/// Reads the key from a file, creating the file if it does not exist. If two processes create it at the same time, both
/// use the same key.
pub(crate) fn read_or_create_key(path: &Path) -> Result<Key, KeyError> {
    if let Some(key) = read_key(path)? {
        return Ok(key);
    }
    let failed = |source| KeyError::File { path: path.to_owned(), source };
    let folder = folder_of(path);
    create_folder(&folder).map_err(failed)?;
    let temporary = sibling(path, &random_suffix()?);
    let linked =
        write_key(&Key::random()?, &temporary).and_then(|()| match std::fs::hard_link(&temporary, path) {
            // Another process created the key file first, so the key in that file is used.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            result => result,
        });
    let removed = std::fs::remove_file(&temporary);
    linked.and(removed).and_then(|()| sync_folder(&folder)).map_err(failed)?;
    crash_point("vault.key-written");
    read_key(path)?.ok_or_else(|| failed(ErrorKind::NotFound.into()))
}

/// Copies a key file. Leaves an existing copy unchanged.
pub(crate) fn copy_key(from: &Path, to: &Path) -> Result<(), KeyError> {
    let key = read_key(from)?.ok_or_else(|| KeyError::Missing { path: from.to_owned() })?;
    let written = write_key(&key, to).and_then(|()| sync_folder(&folder_of(to)));
    match written {
        Err(source) if source.kind() != ErrorKind::AlreadyExists => {
            Err(KeyError::File { path: to.to_owned(), source })
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Returns the path to the file that contains the next key until the database uses that key.
pub(crate) fn next_key(path: &Path) -> PathBuf {
    sibling(path, ".next")
}

/// Moves the next key's file to the key file's path if the next key is already the database's current key. The caller
/// must hold the lock.
pub(crate) fn promote_next_key(path: &Path, current: KeyId) -> Result<(), KeyError> {
    match read_key(&next_key(path))? {
        Some(next) if next.id() == current => std::fs::rename(next_key(path), path)
            .and_then(|()| sync_folder(&folder_of(path)))
            .map_err(|source| KeyError::File { path: path.to_owned(), source }),
        Some(_) | None => Ok(()),
    }
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

fn write_key(key: &Key, path: &Path) -> io::Result<()> {
    let mut file = create_new(path)?;
    file.write_all(key.to_text().expose().as_bytes())?;
    file.sync_all()
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(unix)]
fn mode(file: &File) -> io::Result<u32> {
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

/// Returns a random suffix for a temporary file's name.
pub(crate) fn random_suffix() -> Result<String, KeyError> {
    let mut suffix = String::from(".new-");
    let number = getrandom::u64()?;
    let _ = write!(suffix, "{number:016x}");
    Ok(suffix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn concurrent_creators_agree_on_one_key_and_leave_no_files_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/er/vault.key");
        let barrier = std::sync::Barrier::new(8);
        let ids: Vec<_> = std::thread::scope(|scope| {
            let make = || {
                barrier.wait();
                read_or_create_key(&path).ok().unwrap().id()
            };
            let makers: Vec<_> = (0..8).map(|_| scope.spawn(make)).collect();
            makers.into_iter().map(|maker| maker.join().unwrap()).collect()
        });
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }
}
