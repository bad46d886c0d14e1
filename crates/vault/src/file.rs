//! The vault's folder and the files in it that are not the database's own.
//!
//! **Invariant:** what is made here can be read by its owner only, from its first moment; a key file is there
//! whole or not at all, is never overwritten by making one, and is never read while others can read it too.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use crate::crash::crash_point;
use crate::key::{Key, KeyError};

/// No key file is longer. Guards against being pointed at something endless.
const LONGEST: u64 = 64 * 1024;

/// The permission bits of everyone but the owner.
#[cfg(unix)]
const OTHERS: u32 = 0o077;

/// Whoever has a vault open holds this file, with others.
const USERS: &str = "vault.users";

/// How long another process may hold the lock. Opening a vault takes milliseconds, a slow key command seconds.
const PATIENCE: Duration = Duration::from_secs(45);

/// Makes a folder, and those above it, for the owner only. A folder that is there stays as it is.
pub(crate) fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Makes sure that a file is there and is the owner's only.
pub(crate) fn make_private(path: &Path) -> io::Result<File> {
    let file = private().read(true).truncate(false).create(true).open(path)?;
    #[cfg(unix)]
    if mode(&file)? & OTHERS != 0 {
        file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    }
    Ok(file)
}

/// Waits for the lock of a vault's folder. `None`: another process does not let go of it.
pub(crate) fn lock(path: &Path) -> io::Result<Option<File>> {
    let file = make_private(path)?;
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) if start.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

/// Says that a vault's folder is in use, for as long as the file that is given is open; also when the process is killed,
/// nothing is left of it. `None`: somebody has the folder to himself.
pub(crate) fn in_use(folder: &Path) -> io::Result<Option<File>> {
    held(make_private(&folder.join(USERS))?, File::try_lock_shared)
}

/// Takes a vault's folder for oneself. `None`: it is in use.
pub(crate) fn alone(folder: &Path) -> io::Result<Option<File>> {
    held(make_private(&folder.join(USERS))?, File::try_lock)
}

fn held(file: File, lock: impl FnOnce(&File) -> Result<(), TryLockError>) -> io::Result<Option<File>> {
    match lock(&file) {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Makes a file that is the owner's only, and was not there.
pub(crate) fn make_new(path: &Path) -> io::Result<File> {
    private().create_new(true).open(path)
}

/// The key in a file, if the file is there.
pub(crate) fn read_key(path: &Path) -> Result<Option<Key>, KeyError> {
    let failed = |cause| KeyError::File { path: path.to_owned(), cause };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    // Asked of the open file, so that it cannot be another one than the one that is read.
    #[cfg(unix)]
    {
        let mode = mode(&file).map_err(failed)?;
        if mode & OTHERS != 0 {
            return Err(KeyError::Exposed { path: path.to_owned(), mode });
        }
    }
    read_key_from(file, &format!("the key file {}", path.display()), failed).map(Some)
}

/// The key in what a file or a command holds.
pub(crate) fn read_key_from(
    from: impl io::Read,
    origin: &str,
    failed: impl Fn(io::Error) -> KeyError,
) -> Result<Key, KeyError> {
    let mut text = Zeroizing::new(Vec::with_capacity(4096));
    from.take(LONGEST).read_to_end(&mut text).map_err(failed)?;
    let text = std::str::from_utf8(&text).map_err(|_| KeyError::NotAKey { origin: origin.to_owned() })?;
    Key::parse(text, origin)
}

/// The key in a file, made now if it is not there. Two processes that make it at once agree on one key.
pub(crate) fn read_or_make_key(path: &Path) -> Result<Key, KeyError> {
    if let Some(key) = read_key(path)? {
        return Ok(key);
    }
    let failed = |cause| KeyError::File { path: path.to_owned(), cause };
    let folder = folder_of(path);
    make_folder(&folder).map_err(failed)?;
    let draft = beside(path, &random_suffix()?);
    let linked = write_key(&Key::random()?, &draft).and_then(|()| match std::fs::hard_link(&draft, path) {
        // Someone else was first: that is the key.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        result => result,
    });
    let removed = std::fs::remove_file(&draft);
    linked.and(removed).and_then(|()| sync_folder(&folder)).map_err(failed)?;
    crash_point("vault.key-written");
    read_key(path)?.ok_or_else(|| failed(ErrorKind::NotFound.into()))
}

/// Copies a key file. A copy that is there already stays as it is.
pub(crate) fn copy_key(from: &Path, to: &Path) -> Result<(), KeyError> {
    let key = read_key(from)?.ok_or_else(|| KeyError::Missing { path: from.to_owned() })?;
    let written = write_key(&key, to).and_then(|()| sync_folder(&folder_of(to)));
    match written {
        Err(cause) if cause.kind() != ErrorKind::AlreadyExists => {
            Err(KeyError::File { path: to.to_owned(), cause })
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Where the next key waits until the database knows it.
pub(crate) fn next_key(path: &Path) -> PathBuf {
    beside(path, ".next")
}

/// The next key takes the place of the key. Only under the lock, and only when the database seals under it.
pub(crate) fn promote_next_key(path: &Path) -> Result<(), KeyError> {
    std::fs::rename(next_key(path), path)
        .and_then(|()| sync_folder(&folder_of(path)))
        .map_err(|cause| KeyError::File { path: path.to_owned(), cause })
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    // Elsewhere a folder cannot be opened as a file, and the file system keeps names in order itself.
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

fn write_key(key: &Key, path: &Path) -> io::Result<()> {
    let mut file = make_new(path)?;
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

/// The folder that a file is in.
pub(crate) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// A file beside another, by what follows its name.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

/// What follows a name, and no other.
pub(crate) fn random_suffix() -> Result<String, KeyError> {
    let mut suffix = String::from(".new-");
    let number = getrandom::u64().map_err(KeyError::Random)?;
    let _ = write!(suffix, "{number:016x}");
    Ok(suffix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_who_make_a_key_at_once_agree_on_one_and_leave_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/er/vault.key");
        let barrier = std::sync::Barrier::new(8);
        let ids: Vec<_> = std::thread::scope(|scope| {
            let make = || {
                barrier.wait();
                read_or_make_key(&path).ok().unwrap().id()
            };
            let makers: Vec<_> = (0..8).map(|_| scope.spawn(make)).collect();
            makers.into_iter().map(|maker| maker.join().unwrap()).collect()
        });
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }
}
