//! The current guides: the built-in guides, and the guides in a folder, which are reloaded when its files change.
//!
//! Callers take a snapshot of the current guides, so that a flow keeps the guide that it started with.
//!
//! **Invariant:** the current guides have no errors. If an edited guide has errors, its last good version stays
//! current, and the errors are logged.

mod folder;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread;
use std::time::Duration;

use catalog::{Catalog, Entry, ReadError};
use guide::{Finding, Guide, Product, Severity, Source};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use self::folder::{scan, settled};

/// How often the folder is checked for changes.
const POLL_INTERVAL: Duration = Duration::from_secs(2);

/// A guide without errors, with its text and assets.
#[derive(Debug)]
pub(crate) struct Edition {
    /// The parsed guide.
    pub(crate) guide: Arc<Guide>,
    /// The text that the guide was parsed from, whose digest is [`Guide::digest`].
    pub(crate) source: Arc<Source>,
    /// The other files in the guide's folder, by name.
    pub(crate) assets: BTreeMap<String, Vec<u8>>,
}

/// All current guides, by provider key.
pub(crate) type Snapshot = Arc<BTreeMap<String, Arc<Edition>>>;

/// The current guides, and the folder that is read in addition to the built-in guides.
pub(crate) struct Guides {
    /// The product whose names the guides' titles and labels contain.
    product: Product,
    folder: Option<PathBuf>,
    current: RwLock<Snapshot>,
}

/// The result of reading guides.
pub(crate) struct Loaded {
    pub(crate) editions: BTreeMap<String, Arc<Edition>>,
    /// The guides with errors.
    pub(crate) refused: Vec<Refused>,
}

/// A guide with errors.
pub(crate) struct Refused {
    pub(crate) key: String,
    pub(crate) source: Arc<Source>,
    pub(crate) findings: Vec<Finding>,
}

/// The providers whose guides were added, changed or removed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    pub(crate) added: Vec<String>,
    pub(crate) changed: Vec<String>,
    pub(crate) removed: Vec<String>,
}

/// Reads the built-in guides and the guides in a folder, for a product.
pub(crate) fn load(folder: Option<&Path>, product: &Product) -> Result<Loaded, ReadError> {
    let shipped = catalog::shipped().into_entries().into_iter();
    let mut catalog = Catalog::new(shipped.map(|entry| prepared(entry, product)));
    if let Some(folder) = folder {
        let own = Catalog::new(read(folder, product)?);
        if own.guides().next().is_none() {
            tracing::warn!(folder = %folder.display(), "the folder contains no usable guide");
        }
        catalog.extend(own.into_entries());
    }
    Ok(split(catalog))
}

/// Reads the guides in a folder for a product, on all cores.
fn read(folder: &Path, product: &Product) -> Result<Vec<Entry>, ReadError> {
    let files = catalog::guide_files(folder)?;
    let read = |file: &PathBuf| Ok(prepared(catalog::read_guide_file(file)?, product));
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    thread::scope(|scope| {
        let mut readers = Vec::with_capacity(cores);
        for part in files.chunks(files.len().div_ceil(cores).max(1)) {
            readers.push(scope.spawn(move || part.iter().map(read).collect::<Result<Vec<_>, _>>()));
        }
        let mut entries = Vec::with_capacity(files.len());
        for reader in readers {
            entries.extend(reader.join().unwrap_or_else(|panic| resume_unwind(panic))?);
        }
        Ok(entries)
    })
}

/// Returns an entry whose guide is ready to be kept in memory: for a product, and without scenarios. This is done for each
/// guide as soon as it has been read, so that memory never holds all guides with everything that reading them needs.
fn prepared(entry: Entry, product: &Product) -> Entry {
    let mut entry = entry.for_product(product);
    entry.reading.value = entry.reading.value.map(Guide::without_scenarios);
    entry
}

/// Separates the guides with errors from the usable ones.
fn split(catalog: Catalog) -> Loaded {
    let mut loaded = Loaded { editions: BTreeMap::new(), refused: Vec::new() };
    for entry in catalog.into_entries() {
        let Entry { folder, reading, assets } = entry;
        let source = Arc::clone(&reading.source);
        match reading.into_usable() {
            Ok(guide) => {
                let key = guide.provider.key.to_string();
                loaded.editions.insert(key, Arc::new(Edition { guide: Arc::new(guide), source, assets }));
            }
            Err(reading) => {
                let named = reading.value.map(|guide| guide.provider.key.to_string());
                let key = named.unwrap_or(folder);
                loaded.refused.push(Refused { key, source, findings: reading.findings });
            }
        }
    }
    loaded
}

impl Guides {
    /// Reads the guides for a product. A guide with errors is skipped, and its first error is logged.
    pub(crate) fn open(folder: Option<&Path>, product: Product) -> Result<Self, ReadError> {
        let loaded = load(folder, &product)?;
        loaded.refused.iter().for_each(|refused| refused.log("is skipped"));
        let current = RwLock::new(Arc::new(loaded.editions));
        Ok(Self { product, folder: folder.map(Path::to_owned), current })
    }

    /// Returns the product whose names the guides' titles and labels contain.
    pub(crate) fn product(&self) -> &Product {
        &self.product
    }

    /// Returns the current guides. The returned snapshot does not change.
    pub(crate) fn snapshot(&self) -> Snapshot {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns a provider's current guide.
    pub(crate) fn current(&self, provider: &str) -> Option<Arc<Guide>> {
        self.edition(provider).map(|edition| Arc::clone(&edition.guide))
    }

    /// Returns a provider's current guide with its text and assets.
    pub(crate) fn edition(&self, provider: &str) -> Option<Arc<Edition>> {
        self.snapshot().get(provider).map(Arc::clone)
    }

    /// Returns the number of current guides.
    pub(crate) fn count(&self) -> usize {
        self.snapshot().len()
    }

    /// Reloads the guides, and logs the changes and any errors. This function blocks, so it must not be called on an
    /// async thread.
    pub(crate) fn reload(&self) {
        let loaded = match load(self.folder.as_deref(), &self.product) {
            Ok(loaded) => loaded,
            Err(error) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
                tracing::error!(%error, cause, "could not reload the guides; keeping the current ones");
                return;
            }
        };
        let changes = self.replace(loaded);
        if changes != Changes::default() {
            let Changes { added, changed, removed } = &changes;
            tracing::info!(?added, ?changed, ?removed, guides = self.count(), "reloaded the guides");
        }
    }

    /// Reloads the guides whenever their folder changes, until the Hub stops.
    pub(crate) async fn watch(self: Arc<Self>, stop: CancellationToken) {
        let Some(folder) = self.folder.clone() else { return };
        let mut known = scan(&folder).await;
        while stop.run_until_cancelled(sleep(POLL_INTERVAL)).await.is_some() {
            let now = scan(&folder).await;
            if now == known {
                continue;
            }
            known = settled(&folder, now).await;
            let guides = Arc::clone(&self);
            // A panic has already been logged, and the next change triggers another attempt, so the result is ignored.
            let _ = tokio::task::spawn_blocking(move || guides.reload()).await;
        }
    }

    /// Replaces the current guides, and returns the changes. A guide with errors keeps its last good version.
    fn replace(&self, loaded: Loaded) -> Changes {
        let before = self.snapshot();
        let mut now = loaded.editions;
        for refused in &loaded.refused {
            match before.get(&refused.key) {
                Some(good) => {
                    refused.log("its last good version stays in use");
                    now.insert(refused.key.clone(), Arc::clone(good));
                }
                None => refused.log("is skipped"),
            }
        }
        let mut changes = Changes::default();
        for (key, edition) in &now {
            match before.get(key) {
                None => changes.added.push(key.clone()),
                Some(old) if old.guide.digest != edition.guide.digest || old.assets != edition.assets => {
                    changes.changed.push(key.clone());
                }
                Some(_) => {}
            }
        }
        changes.removed = before.keys().filter(|key| !now.contains_key(*key)).cloned().collect();
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(now);
        changes
    }
}

impl Refused {
    /// Logs the guide's first error with its location. `waystone check` shows the rest.
    pub(crate) fn log(&self, what: &str) {
        let errors = || self.findings.iter().filter(|finding| finding.severity() == Severity::Error);
        let Some(first) = errors().next() else { return };
        let place = self.source.place(first.span.start);
        tracing::error!(
            guide = self.key,
            place = %format!("{}:{}:{}", self.source.name, place.line, place.column),
            code = first.code.code,
            errors = errors().count(),
            "a guide has errors and {what}: {}",
            first.message
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalog(texts: &[(&str, String)]) -> Loaded {
        let entries = texts.iter().map(|(key, text)| Entry::new(key, key, text.as_bytes()));
        let product = Product::named("Acme");
        split(Catalog::new(entries.map(|entry| prepared(entry, &product))))
    }

    /// Returns the text of the first built-in guide, with a different key and name.
    fn guide(key: &str, name: &str) -> String {
        let shipped = catalog::shipped();
        let guide = shipped.guides().next().unwrap();
        let text = &shipped.find(guide.provider.key.as_str()).unwrap().reading.source.text;
        let text = text.replacen(&format!("key: {}", guide.provider.key), &format!("key: {key}"), 1);
        text.replacen(&format!("name: {}", guide.provider.name), &format!("name: {name}"), 1)
    }

    #[test]
    fn the_last_guide_in_a_folder_can_be_removed() {
        let folder = tempfile::tempdir().unwrap();
        let guides =
            Guides::open(Some(folder.path()), Product::named("Acme")).expect("an empty folder is allowed");
        let built_in = guides.count();
        std::fs::create_dir(folder.path().join("own")).unwrap();
        let file = folder.path().join("own/guide.yaml");
        std::fs::write(&file, guide("own", "Own")).unwrap();
        guides.reload();
        assert_eq!((guides.count(), guides.current("own").is_some()), (built_in + 1, true));
        std::fs::remove_file(file).unwrap();
        guides.reload();
        assert_eq!((guides.count(), guides.current("own").is_some()), (built_in, false));
    }

    #[test]
    fn all_guides_in_a_folder_are_read_in_order_and_without_scenarios() {
        let folder = tempfile::tempdir().unwrap();
        let keys: Vec<String> = (10..30).map(|n| format!("own-{n}")).collect();
        for key in &keys {
            std::fs::create_dir(folder.path().join(key)).unwrap();
            std::fs::write(folder.path().join(key).join("guide.yaml"), guide(key, "Own")).unwrap();
        }
        let read = read(folder.path(), &Product::named("Acme")).unwrap();
        assert_eq!(read.iter().map(|entry| entry.folder.clone()).collect::<Vec<_>>(), keys);
        let guides: Vec<&Guide> = read.iter().filter_map(Entry::guide).collect();
        assert_eq!(guides.len(), keys.len());
        assert!(guides.iter().flat_map(|guide| &guide.methods).all(|method| method.scenarios.is_empty()));
    }

    #[test]
    fn a_guide_with_errors_does_not_replace_its_last_good_version() {
        let guides = Guides { product: Product::named("Acme"), folder: None, current: RwLock::default() };
        let changes = guides.replace(catalog(&[("a", guide("a", "A")), ("b", guide("b", "B"))]));
        assert_eq!(changes.added, ["a", "b"]);
        let pinned = guides.current("a").unwrap();

        let changes =
            guides.replace(catalog(&[("a", guide("a", "Other")), ("b", "waystone: 1\nx".to_owned())]));
        assert_eq!((changes.changed, changes.removed), (vec!["a".to_owned()], vec![]));
        assert_eq!(guides.current("a").unwrap().provider.name, "Other");
        assert_eq!(guides.current("b").unwrap().provider.name, "B");
        assert_eq!(pinned.provider.name, "A");

        let changes = guides.replace(catalog(&[("a", guide("a", "Other"))]));
        assert_eq!(changes.removed, ["b"]);
        assert!(guides.current("b").is_none());
    }
}
