//! Atomic file writes.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use secret::Secret;

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
            write_and_rename(path, text.as_bytes(), OpenOptions::new(), |file| {
                file.set_permissions(before.permissions())
            })
        }
        Ok(_) => fs::write(path, text),
        Err(_) => write_and_rename(path, text.as_bytes(), OpenOptions::new(), |_| Ok(())),
    }
}

/// Writes a file that only its owner can read, and syncs it to disk.
pub(crate) fn private(path: &Path, text: &Secret) -> io::Result<()> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    write_and_rename(path, text.expose().as_bytes(), options, File::sync_all)
}

/// Writes a temporary file next to `path` and renames it to `path`. If this fails, the temporary file is removed.
fn write_and_rename(
    path: &Path,
    bytes: &[u8],
    mut options: OpenOptions,
    finish: impl FnOnce(&File) -> io::Result<()>,
) -> io::Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(format!(".{}.tmp", std::process::id()));
    // `create_new` fails if the file already exists, because it could be a link that someone else created.
    let mut file = options.write(true).create_new(true).open(&temporary)?;
    let written =
        file.write_all(bytes).and_then(|()| finish(&file)).and_then(|()| fs::rename(&temporary, path));
    written.inspect_err(|_| {
        let _ = fs::remove_file(&temporary);
    })
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
