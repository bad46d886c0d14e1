//! Finding and reading the guides that a command works with.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use catalog::{Catalog, Entry};
use guide::{Brand, Guide, Method, listed};

use crate::args::Common;
use crate::failure::{FOUND, Failure};
use crate::findings::text;
use crate::out::Out;

/// The built-in brand.
pub(crate) fn brand() -> &'static Brand {
    static BRAND: LazyLock<Brand> = LazyLock::new(catalog::shipped_brand);
    &BRAND
}

/// The built-in guides and those of `--guides`.
pub(crate) fn catalog(common: &Common) -> Result<Catalog, Failure> {
    let mut catalog = catalog::shipped();
    if let Some(folder) = &common.guides {
        catalog.extend(read(folder)?);
    }
    Ok(catalog)
}

/// The `--guides` option for a suggested command, quoted for a shell. Empty if the option was not given.
pub(crate) fn flag(common: &Common) -> String {
    let Some(folder) = &common.guides else { return String::new() };
    format!(" --guides '{}'", folder.display().to_string().replace('\'', r"'\''"))
}

/// Reads the guides at the paths, or those of [`catalog()`] if there are no paths.
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

/// Where a guide is.
pub(crate) enum Place {
    /// Built into the program.
    Shipped(Arc<Entry>),
    /// A file on the disk.
    File(PathBuf),
}

impl Place {
    /// Returns the guide. A file is read now.
    pub(crate) fn read(&self) -> Result<Arc<Entry>, Failure> {
        match self {
            Self::Shipped(entry) => Ok(Arc::clone(entry)),
            Self::File(path) => {
                catalog::read_guide_file(path).map(Arc::new).map_err(|error| Failure::environment(&error))
            }
        }
    }
}

/// Locates the guides at the paths, or those of [`catalog()`] if there are no paths. Files are not read yet, so that they
/// are not all in memory at once.
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

/// The guide files at a path, in order. They are not read yet.
pub(crate) fn located(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    catalog::locate(path).map_err(|error| {
        Failure::environment(&error).help("pass a guide file, its folder, or a folder of guide folders")
    })
}

fn read(path: &Path) -> Result<Vec<Entry>, Failure> {
    catalog::read_path(path).map_err(|error| {
        Failure::environment(&error).help("pass a guide file, its folder, or a folder of guide folders")
    })
}

/// A usable guide, by its provider's key or its path.
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
            let failure = Failure::usage(format!("no guide for `{name}`"));
            return Err(match guide::nearest(name, keys.clone()) {
                Some(near) => failure.help(format!("did you mean `{near}`?")),
                None => failure.help(format!("choose one of: {}", listed(keys))),
            });
        }
        found
    };
    let entry = entry.ok_or_else(|| Failure::usage(format!("no guide at `{name}`")))?;
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
                help: Some("fix what `waystone check` reports".to_owned()),
            };
            Err(failure)
        }
    }
}

/// The only guide at a path. Several guides are an error.
fn only(entries: Vec<Entry>, path: &str) -> Result<Option<Entry>, Failure> {
    if 1 < entries.len() {
        let failure = Failure::usage(format!("`{path}` contains {} guides", entries.len()));
        let names = entries.iter().map(|entry| entry.reading.source.name.as_str());
        return Err(failure.help(format!("choose one of: {}", listed(names))));
    }
    Ok(entries.into_iter().next())
}

/// The method with this key, or the first method if no key is given.
pub(crate) fn method<'g>(guide: &'g Guide, key: Option<&str>) -> Result<&'g Method, Failure> {
    let Some(key) = key else { return Ok(&guide.methods[0]) };
    guide.method(key).ok_or_else(|| {
        let keys = guide.methods.iter().map(|method| method.key.as_str());
        Failure::usage(format!("{} has no method `{key}`", guide.provider.name))
            .help(format!("choose one of: {}", listed(keys)))
    })
}
