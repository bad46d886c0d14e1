//! A set of guides.

use std::collections::BTreeMap;

use guide::Guide;

use crate::entry::Entry;

/// A set of guides, indexed by folder name, or by file name if a guide is not in a guide folder.
#[derive(Debug, Default)]
pub struct Catalog {
    entries: BTreeMap<String, Entry>,
}

impl Catalog {
    /// Creates a catalog from entries. An entry replaces any earlier entry with the same folder name, so private guides
    /// can replace built-in guides.
    pub fn new(entries: impl IntoIterator<Item = Entry>) -> Self {
        let mut catalog = Self::default();
        catalog.extend(entries);
        catalog
    }

    /// Adds entries, replacing existing entries that have the same folder name.
    pub fn extend(&mut self, entries: impl IntoIterator<Item = Entry>) {
        for entry in entries {
            let key = if entry.folder.is_empty() {
                entry.reading.source.name.clone()
            } else {
                entry.folder.clone()
            };
            self.entries.insert(key, entry);
        }
    }

    /// Returns the entries, sorted by folder name.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// Converts the catalog into a list of its entries, sorted by folder name.
    pub fn into_entries(self) -> Vec<Entry> {
        self.entries.into_values().collect()
    }

    /// Returns the guides that have no errors, sorted by folder name.
    pub fn guides(&self) -> impl Iterator<Item = &Guide> {
        self.entries.values().filter_map(Entry::guide)
    }

    /// Finds the entry for the provider with this key.
    pub fn find(&self, key: &str) -> Option<&Entry> {
        self.entries.values().find(|entry| entry.is(key))
    }
}
