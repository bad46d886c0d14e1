//! Atomic file writes.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use secret::Secret;
use vault::NewFile;

/// Replaces or creates a file atomically: a reader sees either the old content or the new content.
///
/// A symbolic link stays a link, and the file keeps its permissions. If the path is something other than a regular
/// file, such as a pipe or a terminal, the text is written directly to it.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(before) if before.is_symlink() => match fs::canonicalize(path) {
            Ok(target) => replace(&target, text),
            Err(_) => fs::write(path, text),
        },
        Ok(before) if before.is_file() => {
            let keep_permissions = |file: &File| file.set_permissions(before.permissions());
            written(path, text, keep_permissions)?.replace(path)
        }
        Ok(_) => fs::write(path, text),
        Err(_) => written(path, text, |_| Ok(()))?.replace(path),
    }
}

/// Creates a file. Fails if the path exists.
pub(crate) fn create(path: &Path, text: &str) -> io::Result<()> {
    written(path, text, |_| Ok(()))?.place(path)
}

/// Replaces or creates a file that only its owner can read.
pub(crate) fn private(path: &Path, text: &Secret) -> io::Result<()> {
    let new = NewFile::next_to(path)?;
    new.create_private()?.write_all(text.expose().as_bytes())?;
    new.replace(path)
}

/// Writes a new file, and calls `finish` before it is moved to its path.
fn written(path: &Path, text: &str, finish: impl FnOnce(&File) -> io::Result<()>) -> io::Result<NewFile> {
    let new = NewFile::next_to(path)?;
    let mut file = File::create_new(new.path())?;
    file.write_all(text.as_bytes())?;
    finish(&file)?;
    Ok(new)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let name = |entry: io::Result<fs::DirEntry>| entry.map(|entry| entry.file_name().into_string());
        let mut names: Vec<String> = fs::read_dir(folder)
            .expect("a folder")
            .map(|entry| name(entry).expect("an entry").expect("a name"))
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_keeps_its_permissions_and_a_link_remains_a_link() {
        let folder = tempfile::tempdir().expect("a writable folder");
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        replace(&file, "old").expect("a new file");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("our own file");
        symlink(&file, &link).expect("a file system with links");
        replace(&link, "new").expect("a regular file");
        assert_eq!(fs::read_to_string(&file).expect("UTF-8 text"), "new");
        assert_eq!(fs::metadata(&file).expect("an existing file").permissions().mode() & 0o777, 0o640);
        assert!(fs::symlink_metadata(&link).expect("an existing file").is_symlink());
        assert_eq!(names(folder.path()), ["file", "link"]);
    }

    #[test]
    fn a_failed_write_leaves_no_temporary_file() {
        let folder = tempfile::tempdir().expect("a writable folder");
        let inner = folder.path().join("inner");
        fs::create_dir(&inner).expect("a writable folder");
        assert!(replace(&inner, "text").is_err(), "a folder is not a file");
        assert!(private(&inner, &Secret::from("text")).is_err(), "a folder is not a file");
        assert_eq!(names(folder.path()), ["inner"]);
        replace(Path::new("/dev/null"), "text").expect("a device that accepts everything");
        assert!(!fs::metadata("/dev/null").expect("an existing file").is_file());
    }

    #[test]
    fn only_the_owner_can_read_a_private_file() {
        let folder = tempfile::tempdir().expect("a writable folder");
        let file = folder.path().join("file");
        private(&file, &Secret::from("text")).expect("a new file");
        assert_eq!(fs::metadata(&file).expect("an existing file").permissions().mode() & 0o777, 0o600);
    }
}
