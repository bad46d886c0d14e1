//! Files that are written in a temporary folder and then moved to their path.
//!
//! **Invariant:** a file at its path is complete and on disk. Until then, the file, and everything that SQLite writes
//! next to it, is in a folder that only the owner can access. If the process is killed, the folder remains, and is
//! removed when the next file for the same path is written.
//!
//! A process holds a lock in its folder, so that no other process removes the folder. The database file itself cannot be
//! locked: on network file systems, such a lock would conflict with SQLite's own.

use std::fs::{self, File, Metadata, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::crash::crash_point;
use crate::file::{self, create_new, folder_of, open_private, sibling};

/// The part of a temporary folder's name between the file's name and a random number.
const MARK: &str = ".new-";

/// The length of the random number, in hexadecimal digits.
const DIGITS: usize = 16;

/// The name of the lock file in a temporary folder.
const LOCK: &str = "lock";

/// A file that is being written. Dropping this value removes the file, unless it was moved to its path.
#[derive(Debug)]
pub struct NewFile {
    folder: PathBuf,
    lock: File,
}

impl NewFile {
    /// Creates a temporary folder next to the file's path. Removes the folders that killed processes of the same user
    /// left there.
    pub fn next_to(path: &Path) -> io::Result<Self> {
        loop {
            let number = getrandom::u64()?;
            let folder = sibling(path, &format!("{MARK}{number:0DIGITS$x}"));
            file::create_private_folder(&folder)?;
            let lock = match open_private(&folder.join(LOCK)) {
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                lock => lock.inspect_err(|_| drop(fs::remove_dir(&folder)))?,
            };
            let new = Self { folder, lock };
            if new.is_locked() {
                remove_abandoned(path, &new.lock.metadata()?);
                return Ok(new);
            }
        }
    }

    /// Locks the folder. `false` if another process considered the new folder abandoned before it was locked, and is
    /// removing it. If the file system has no locks, no process removes such folders.
    fn is_locked(&self) -> bool {
        !matches!(self.lock.try_lock(), Err(TryLockError::WouldBlock)) && self.folder.exists()
    }

    /// Returns the path at which the file is written.
    pub fn path(&self) -> PathBuf {
        self.folder.join("file")
    }

    /// Creates an empty file that only its owner can access, also after it was moved.
    pub fn create_private(&self) -> io::Result<File> {
        create_new(&self.path())
    }

    /// Durably moves the file to a path in the same folder. Replaces an existing file atomically.
    pub fn replace(self, path: &Path) -> io::Result<()> {
        self.sync()?;
        fs::rename(self.path(), path)?;
        file::sync_folder(&folder_of(path))
    }

    /// Durably moves the file to a path in the same folder. Fails if the path exists.
    pub fn place(self, path: &Path) -> io::Result<()> {
        self.sync()?;
        fs::hard_link(self.path(), path)?;
        crash_point("vault.file-placed");
        file::sync_folder(&folder_of(path))
    }

    fn sync(&self) -> io::Result<()> {
        File::open(self.path())?.sync_all()
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Removes the temporary folders for a path that belong to `owner`'s user and are not locked. Ignores errors, because
/// the next call tries again.
pub(crate) fn remove_abandoned(path: &Path, owner: &Metadata) {
    let (Some(name), Ok(entries)) = (path.file_name(), fs::read_dir(folder_of(path))) else { return };
    for entry in entries.flatten() {
        let is_number = |end: &[u8]| end.len() == DIGITS && end.iter().all(u8::is_ascii_hexdigit);
        let found = entry.file_name();
        let end = found.as_encoded_bytes().strip_prefix(name.as_encoded_bytes());
        // In a folder that several users share, a folder with such a name could contain anything. The entry's metadata
        // is not that of a symbolic link's target.
        let is_ours = end.and_then(|end| end.strip_prefix(MARK.as_bytes())).is_some_and(is_number)
            && entry.metadata().is_ok_and(|found| found.is_dir() && is_same_user(&found, owner));
        if is_ours
            && let Ok(lock) = open_private(&entry.path().join(LOCK))
            && lock.try_lock().is_ok()
        {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(unix)]
fn is_same_user(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    one.uid() == other.uid()
}

/// Other systems do not report a file's owner.
#[cfg(not(unix))]
fn is_same_user(_: &Metadata, _: &Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn write(path: &Path, text: &str) -> NewFile {
        let new = NewFile::next_to(path).unwrap();
        new.create_private().unwrap().write_all(text.as_bytes()).unwrap();
        new
    }

    #[test]
    fn a_file_is_placed_or_replaced_and_nothing_else_remains() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("copy");
        write(&path, "one").place(&path).unwrap();
        assert_eq!(write(&path, "two").place(&path).unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
        write(&path, "three").replace(&path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "three");
        drop(write(&path, "four"));
        assert_eq!(names(folder.path()), ["copy"]);
    }

    #[test]
    fn only_abandoned_folders_for_the_same_path_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("copy");
        // Closing a file releases its lock, as killing its process does.
        let abandon = |name: &str| {
            let left = folder.path().join(name);
            fs::create_dir(&left).unwrap();
            fs::write(left.join("file"), "sealed credentials").unwrap();
            fs::write(left.join("file-wal"), "sealed credentials").unwrap();
        };
        let others = [
            "copy.new-",
            "copy.new-0123456789abcdeg",
            "copy.new-0123456789abcdef0",
            "copy2.new-0123456789abcdef",
        ];
        others.iter().chain(&["copy.new-0123456789abcdef"]).for_each(|name| abandon(name));
        fs::write(folder.path().join("copy.new-aaaaaaaaaaaaaaaa"), "a file").unwrap();
        let in_progress = write(&path, "in progress");
        abandon("copy.new-fedcba9876543210");
        write(&path, "one").replace(&path).unwrap();
        let mut left = names(folder.path());
        left.retain(|name| !in_progress.folder.ends_with(name));
        let mut expected = [&["copy", "copy.new-aaaaaaaaaaaaaaaa"][..], &others].concat();
        expected.sort_unstable();
        assert_eq!(left, expected);
        in_progress.replace(&path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "in progress");
    }

    #[test]
    fn concurrent_writers_do_not_remove_each_others_folders() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("copy");
        std::thread::scope(|scope| {
            for writer in 0..8 {
                let path = &path;
                scope.spawn(move || {
                    (0..40).for_each(|_| write(path, &format!("{writer}")).replace(path).unwrap());
                });
            }
        });
        assert_eq!(names(folder.path()), ["copy"]);
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_has_access_and_a_link_is_not_followed() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let path = folder.path().join("copy");
        fs::write(elsewhere.path().join("file"), "theirs").unwrap();
        symlink(elsewhere.path(), folder.path().join("copy.new-0123456789abcdef")).unwrap();
        let new = write(&path, "one");
        assert_eq!((mode(&new.folder), mode(&new.path())), (0o700, 0o600));
        new.place(&path).unwrap();
        assert_eq!(mode(&path), 0o600);
        assert_eq!(names(elsewhere.path()), ["file"]);
    }
}
