//! The guides that a command works with.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use catalog::{Catalog, Entry};
use guide::{Brand, Guide, Method, listed};

use crate::args::Common;
use crate::failure::{FOUND, Failure};
use crate::findings::text;
use crate::out::Out;

/// The brand that ships.
pub(crate) fn brand() -> &'static Brand {
    static BRAND: LazyLock<Brand> = LazyLock::new(catalog::shipped_brand);
    &BRAND
}

/// The guides that ship, and those of `--guides`.
pub(crate) fn catalog(common: &Common) -> Result<Catalog, Failure> {
    let mut catalog = catalog::shipped();
    if let Some(folder) = &common.guides {
        catalog.extend(read(folder)?);
    }
    Ok(catalog)
}

/// The option that tells another command of the same guides, as a shell takes it.
pub(crate) fn flag(common: &Common) -> String {
    let Some(folder) = &common.guides else { return String::new() };
    format!(" --guides '{}'", folder.display().to_string().replace('\'', r"'\''"))
}

/// The guides at the paths; those of [`catalog()`], if there is no path.
pub(crate) fn at_paths(common: &Common, paths: &[impl AsRef<Path>]) -> Result<Vec<Entry>, Failure> {
    if paths.is_empty() {
        let mut entries = catalog(common)?.into_entries();
        entries.sort_by(|a, b| a.folder.cmp(&b.folder));
        return Ok(entries);
    }
    let mut entries = Vec::new();
    for path in paths {
        entries.extend(read(path.as_ref())?);
    }
    Ok(entries)
}

/// Where a guide is to be had.
pub(crate) enum Place {
    /// In the program.
    Shipped(Arc<Entry>),
    /// On the disk.
    File(PathBuf),
}

impl Place {
    /// The guide, read now if it is on the disk.
    pub(crate) fn read(&self) -> Result<Arc<Entry>, Failure> {
        match self {
            Self::Shipped(entry) => Ok(Arc::clone(entry)),
            Self::File(path) => {
                catalog::read_guide_file(path).map(Arc::new).map_err(|error| Failure::environment(&error))
            }
        }
    }
}

/// Where the guides at the paths are, or those of [`catalog()`], if there is no path. Files are not read yet, so that
/// many of them need not be in memory at once.
pub(crate) fn places(common: &Common, paths: &[PathBuf]) -> Result<Vec<Place>, Failure> {
    if paths.is_empty() {
        let entries = at_paths(common, paths)?;
        return Ok(entries.into_iter().map(|entry| Place::Shipped(Arc::new(entry))).collect());
    }
    let mut places = Vec::new();
    for path in paths {
        places.extend(located(path)?.into_iter().map(Place::File));
    }
    Ok(places)
}

/// The guides' files at a path, in order; nothing is read yet.
pub(crate) fn located(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    catalog::locate(path).map_err(|error| {
        Failure::environment(&error).help("give a guide's file, its folder, or a folder of such folders")
    })
}

fn read(path: &Path) -> Result<Vec<Entry>, Failure> {
    catalog::read_path(path).map_err(|error| {
        Failure::environment(&error).help("give a guide's file, its folder, or a folder of such folders")
    })
}

/// One guide that can be used, by its provider's key or else by its path.
pub(crate) fn guide(common: &Common, name: &str, out: &Out) -> Result<Arc<Guide>, Failure> {
    let path = Path::new(name);
    let entry = if name.contains('/') || path.extension().is_some() {
        only(read(path)?, name)?
    } else {
        let catalog = catalog(common)?;
        let keys: Vec<String> = catalog.entries().map(|entry| entry.folder.clone()).collect();
        let mut found = catalog.into_entries().into_iter().find(|entry| entry.is(name));
        if found.is_none() && path.join(catalog::GUIDE_FILE).is_file() {
            found = only(read(path)?, name)?;
        }
        if found.is_none() {
            let keys = keys.iter().map(String::as_str);
            let failure = Failure::usage(format!("there is no guide for `{name}`"));
            return Err(match guide::nearest(name, keys.clone()) {
                Some(near) => failure.help(format!("did you mean `{near}`?")),
                None => failure.help(format!("there is {}", listed(keys))),
            });
        }
        found
    };
    let entry = entry.ok_or_else(|| Failure::usage(format!("there is no guide at `{name}`")))?;
    match entry.reading.into_usable() {
        Ok(guide) => Ok(Arc::new(guide)),
        Err(reading) => {
            for finding in &reading.findings {
                out.say(text(&reading.source, finding, out.color_err).trim_end());
                out.say("");
            }
            let failure = Failure {
                code: FOUND,
                message: format!("the guide `{}` has errors", reading.source.name),
                help: Some("mend what `waystone check` says".to_owned()),
            };
            Err(failure)
        }
    }
}

/// The guide at a path; of several, nobody can tell which is meant.
fn only(entries: Vec<Entry>, path: &str) -> Result<Option<Entry>, Failure> {
    if 1 < entries.len() {
        let failure = Failure::usage(format!("there are {} guides at `{path}`", entries.len()));
        let names = entries.iter().map(|entry| entry.reading.source.name.as_str());
        return Err(failure.help(format!("name one of them: {}", listed(names))));
    }
    Ok(entries.into_iter().next())
}

/// The method with this key; the first, if none is named.
pub(crate) fn method<'g>(guide: &'g Guide, key: Option<&str>) -> Result<&'g Method, Failure> {
    let Some(key) = key else { return Ok(&guide.methods[0]) };
    guide.method(key).ok_or_else(|| {
        let keys = guide.methods.iter().map(|method| method.key.as_str());
        Failure::usage(format!("{} has no method `{key}`", guide.provider.name))
            .help(format!("there is {}", listed(keys)))
    })
}
