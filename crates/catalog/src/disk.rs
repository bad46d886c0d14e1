//! Reads guides from disk. No other module in this crate accesses the disk.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this is the only file in this crate that reads from disk"
)]

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::entry::{Entry, GUIDE_FILE};

/// The error for a path that could not be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read `{}`", path.display())]
pub struct ReadError {
    /// The path that could not be read.
    pub path: PathBuf,
    /// The underlying I/O error.
    #[source]
    pub cause: io::Error,
}

/// The maximum number of bytes to read from a file: one more than the size limit for a guide, so that a file over the
/// limit is reported as a finding.
const MOST: u64 = (1 << 20) + 1;

/// Reads the guides at a path: a guide file, a guide folder, or a folder of guide folders, which may be empty.
pub fn read_path(path: &Path) -> Result<Vec<Entry>, ReadError> {
    guide_files(path)?.iter().map(|file| read_guide_file(file)).collect()
}

/// Lists the guide files at a path, sorted by folder name, without reading them. Fails if there are none.
pub fn locate(path: &Path) -> Result<Vec<PathBuf>, ReadError> {
    let files = guide_files(path)?;
    if files.is_empty() {
        let cause =
            io::Error::new(io::ErrorKind::NotFound, format!("no {GUIDE_FILE} in it or in its subfolders"));
        return Err(ReadError { path: path.to_owned(), cause });
    }
    Ok(files)
}

/// Lists the guide files at a path, sorted by folder name, without reading them. The list can be empty.
pub fn guide_files(path: &Path) -> Result<Vec<PathBuf>, ReadError> {
    let fail = |cause| ReadError { path: path.to_owned(), cause };
    if !fs::metadata(path).map_err(fail)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let own = path.join(GUIDE_FILE);
    if own.exists() {
        return Ok(vec![own]);
    }
    let entries = fs::read_dir(path).map_err(fail)?.map(|entry| Ok(entry.map_err(fail)?.file_name()));
    let mut names = entries.collect::<Result<Vec<_>, _>>()?;
    names.sort_unstable();
    let files = names.iter().map(|name| path.join(name).join(GUIDE_FILE));
    Ok(files.filter(|file| file.exists()).collect())
}

/// Reads a guide file. If the file is named `guide.yaml`, also reads the assets in its folder.
pub fn read_guide_file(path: &Path) -> Result<Entry, ReadError> {
    let is_in_folder = path.file_name().is_some_and(|name| name == GUIDE_FILE);
    match path.parent().filter(|parent| is_in_folder && parent.file_name().is_some()) {
        Some(folder) => read_folder(folder),
        None => Ok(Entry::new("", &path.display().to_string(), &bytes(path)?)),
    }
}

fn read_folder(folder: &Path) -> Result<Entry, ReadError> {
    let file = folder.join(GUIDE_FILE);
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut entry = Entry::new(&name, &file.display().to_string(), &bytes(&file)?);
    let fail = |cause| ReadError { path: folder.to_owned(), cause };
    for asset in fs::read_dir(folder).map_err(fail)? {
        let path = asset.map_err(fail)?.path();
        let is_asset = path.extension().is_some_and(|end| end == "svg" || end == "png");
        if let Some(name) = path.file_name().filter(|_| is_asset) {
            entry.assets.insert(name.to_string_lossy().into_owned(), bytes(&path)?);
        }
    }
    Ok(entry)
}

fn bytes(path: &Path) -> Result<Vec<u8>, ReadError> {
    let fail = |cause| ReadError { path: path.to_owned(), cause };
    // Large enough for most guides, so the buffer rarely grows.
    let mut bytes = Vec::with_capacity(16 << 10);
    fs::File::open(path).map_err(fail)?.take(MOST).read_to_end(&mut bytes).map_err(fail)?;
    Ok(bytes)
}
