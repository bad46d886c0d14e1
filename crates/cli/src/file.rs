//! Files that are written as a whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use secret::Secret;

/// Replaces a file, or makes it: whoever reads it sees the old text or the new one.
///
/// A link stays one, and the file keeps its permissions. What is no file, such as a pipe or a terminal, cannot be
/// replaced and is written to.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(before) if before.is_symlink() => match fs::canonicalize(path) {
            Ok(target) => replace(&target, text),
            Err(_) => fs::write(path, text),
        },
        Ok(before) if before.is_file() => moved(path, text.as_bytes(), OpenOptions::new(), |file| {
            file.set_permissions(before.permissions())
        }),
        Ok(_) => fs::write(path, text),
        Err(_) => moved(path, text.as_bytes(), OpenOptions::new(), |_| Ok(())),
    }
}

/// Writes a file that only its owner can read, and which is on the disk when this comes back.
pub(crate) fn private(path: &Path, text: &Secret) -> io::Result<()> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    moved(path, text.expose().as_bytes(), options, File::sync_all)
}

/// Writes a file beside the place, and moves it there; nothing is left beside it, whatever happens.
fn moved(
    path: &Path,
    bytes: &[u8],
    mut options: OpenOptions,
    finish: impl FnOnce(&File) -> io::Result<()>,
) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.tmp", std::process::id()));
    // What is there already is not ours: a link, perhaps, that somebody laid.
    let mut file = options.write(true).create_new(true).open(&beside)?;
    let written = file.write_all(bytes).and_then(|()| finish(&file)).and_then(|()| fs::rename(&beside, path));
    written.inspect_err(|_| {
        let _ = fs::remove_file(&beside);
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
    fn a_file_keeps_its_permissions_and_a_link_stays_one() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        replace(&file, "old").expect("it can be made");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("it is ours");
        symlink(&file, &link).expect("a link can be made");
        replace(&link, "new").expect("it can be replaced");
        assert_eq!(fs::read_to_string(&file).expect("a text"), "new");
        assert_eq!(fs::metadata(&file).expect("it is there").permissions().mode() & 0o777, 0o640);
        assert!(fs::symlink_metadata(&link).expect("it is there").is_symlink());
        assert_eq!(names(folder.path()), ["file", "link"]);
    }

    #[test]
    fn what_cannot_be_replaced_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let inner = folder.path().join("inner");
        fs::create_dir(&inner).expect("a folder can be made");
        assert!(replace(&inner, "text").is_err(), "a folder is no file");
        assert!(private(&inner, &Secret::from("text")).is_err(), "a folder is no file");
        assert_eq!(names(folder.path()), ["inner"]);
        replace(Path::new("/dev/null"), "text").expect("it swallows everything");
        assert!(!fs::metadata("/dev/null").expect("it is there").is_file());
    }

    #[test]
    fn what_is_private_can_be_read_by_its_owner_alone() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let file = folder.path().join("file");
        private(&file, &Secret::from("text")).expect("it can be made");
        assert_eq!(fs::metadata(&file).expect("it is there").permissions().mode() & 0o777, 0o600);
    }
}
