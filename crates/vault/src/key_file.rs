//! The file that contains the vault's key.
//!
//! **Invariant:** a key file is either complete or absent, and creating a key never overwrites a key file. A key file
//! that other users can access is never used.

use std::fs::File;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::crash::crash_point;
use crate::file::{self, create_folder, folder_of, sibling, sync_folder};
use crate::key::{Key, KeyError, KeyId};
use crate::new_file::{self, NewFile};

/// The maximum length of a key file, in bytes. Prevents endless reading if the path is a device.
const MAX_LENGTH: u64 = 64 * 1024;

/// Reads the key from a file. Returns `None` if the file does not exist.
pub(crate) fn read_key(path: &Path) -> Result<Option<Key>, KeyError> {
    let failed = |source| KeyError::File { path: path.to_owned(), source };
    let opened = match File::open(path) {
        Ok(opened) => opened,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    // Checks the open file rather than the path, because the file at the path could be replaced after the check.
    #[cfg(unix)]
    {
        let mode = file::mode(&opened).map_err(failed)?;
        if mode & file::OTHERS != 0 {
            return Err(KeyError::Exposed { path: path.to_owned(), mode });
        }
    }
    read_key_from(opened, &format!("the key file {}", path.display()), failed).map(Some)
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
    let failed = |source| KeyError::File { path: path.to_owned(), source };
    if let Some(key) = read_key(path)? {
        // A process that was killed right after it created this key left a second link to it.
        new_file::remove_abandoned(path, &path.metadata().map_err(failed)?);
        return Ok(key);
    }
    create_folder(&folder_of(path)).map_err(failed)?;
    add_key(&Key::random()?, path).map_err(failed)?;
    crash_point("vault.key-written");
    read_key(path)?.ok_or_else(|| failed(ErrorKind::NotFound.into()))
}

/// Copies a key file. Leaves an existing copy unchanged.
pub(crate) fn copy_key(from: &Path, to: &Path) -> Result<(), KeyError> {
    let key = read_key(from)?.ok_or_else(|| KeyError::Missing { path: from.to_owned() })?;
    add_key(&key, to).map_err(|source| KeyError::File { path: to.to_owned(), source })
}

/// Writes a key to a file, unless the file already exists.
fn add_key(key: &Key, path: &Path) -> io::Result<()> {
    let new = NewFile::next_to(path)?;
    new.create_private()?.write_all(key.to_text().expose().as_bytes())?;
    crash_point("vault.key-prepared");
    match new.place(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        result => result,
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
