//! Finds and reads the guides that a command needs.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use catalog::{Catalog, Entry};
use guide::{Brand, Guide, Method};

use crate::args::Common;
use crate::failure::{Failure, choices};
use crate::findings;
use crate::out::Out;

/// Returns the built-in brand.
pub(crate) fn brand() -> &'static Brand {
    static BRAND: LazyLock<Brand> = LazyLock::new(catalog::shipped_brand);
    &BRAND
}

/// Returns the built-in guides and the guides from `--guides`.
pub(crate) fn catalog(common: &Common) -> Result<Catalog, Failure> {
    let mut catalog = Catalog::new(catalog::shipped().into_entries().into_iter().map(branded));
    if let Some(folder) = &common.guides {
        catalog.extend(read(folder)?);
    }
    Ok(catalog)
}

/// Returns the `--guides` option for a suggested command, quoted for a shell, or an empty string if the option was not
/// given.
pub(crate) fn flag(common: &Common) -> String {
    common.guides.as_deref().map(|folder| format!(" --guides {}", quoted(folder))).unwrap_or_default()
}

/// Quotes a path for a shell.
pub(crate) fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

/// The location of a guide.
pub(crate) enum Place {
    /// Built into the program.
    Shipped(Arc<Entry>),
    /// A file on the disk.
    File(PathBuf),
}

impl Place {
    /// Returns the guide. A file is not read until this method is called.
    pub(crate) fn read(&self) -> Result<Arc<Entry>, Failure> {
        match self {
            Self::Shipped(entry) => Ok(Arc::clone(entry)),
            Self::File(path) => Ok(Arc::new(branded(catalog::read_guide_file(path)?))),
        }
    }
}

/// Locates the guides at the paths, or the guides in [`catalog()`] if there are no paths. Files are read later, so that
/// not all of them are in memory at once.
pub(crate) fn places(common: &Common, paths: &[PathBuf]) -> Result<Vec<Place>, Failure> {
    if paths.is_empty() {
        let mut entries = catalog(common)?.into_entries();
        entries.sort_by(|a, b| a.folder.cmp(&b.folder));
        return Ok(entries.into_iter().map(|entry| Place::Shipped(Arc::new(entry))).collect());
    }
    let mut places = Vec::new();
    for path in paths {
        places.extend(located(path)?.into_iter().map(Place::File));
    }
    Ok(places)
}

/// Returns the guide files at a path, in order, without reading the files.
pub(crate) fn located(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let help = "pass a guide file, its folder, or a folder of guide folders";
    catalog::locate(path).map_err(|error| Failure::from(error).help(help))
}

fn read(path: &Path) -> Result<Vec<Entry>, Failure> {
    located(path)?.iter().map(|file| Ok(branded(catalog::read_guide_file(file)?))).collect()
}

/// Returns the guide with the built-in brand's names in its titles and labels.
fn branded(entry: Entry) -> Entry {
    entry.for_product(&brand().product())
}

/// Finds a guide by its provider's key or its path. Fails if the guide has errors.
pub(crate) fn guide(common: &Common, name: &str, out: &Out) -> Result<Arc<Guide>, Failure> {
    let path = Path::new(name);
    let entry = if name.contains('/') || path.extension().is_some() {
        only(read(path)?, name)?
    } else {
        let entries = catalog(common)?.into_entries();
        let keys: Vec<String> = entries.iter().map(|entry| entry.folder.clone()).collect();
        match entries.into_iter().find(|entry| entry.is(name)) {
            Some(entry) => entry,
            None if path.join(catalog::GUIDE_FILE).is_file() => only(read(path)?, name)?,
            None => return Err(Failure::unknown("guide for", name, keys.iter().map(String::as_str))),
        }
    };
    entry.reading.into_usable().map(Arc::new).map_err(|reading| {
        findings::report(&reading.source, &reading.findings, out);
        let message = format!("the guide `{}` has errors", reading.source.name);
        Failure::found(message).help("fix what `waystone check` reports")
    })
}

/// Returns the only guide at a path. Fails if the path contains several guides.
fn only(mut entries: Vec<Entry>, path: &str) -> Result<Entry, Failure> {
    if 1 < entries.len() {
        let failure = Failure::usage(format!("`{path}` contains {} guides", entries.len()));
        let names = entries.iter().map(|entry| entry.reading.source.name.as_str());
        return Err(failure.help(choices(names)));
    }
    entries.pop().ok_or_else(|| Failure::usage(format!("no guide at `{path}`")))
}

/// Returns the method with this key, or the first method if no key is given.
pub(crate) fn method<'g>(guide: &'g Guide, key: Option<&str>) -> Result<&'g Method, Failure> {
    let Some(key) = key else { return Ok(&guide.methods[0]) };
    guide.method(key).ok_or_else(|| {
        let keys = guide.methods.iter().map(|method| method.key.as_str());
        Failure::usage(format!("{} has no method `{key}`", guide.provider.name)).help(choices(keys))
    })
}
