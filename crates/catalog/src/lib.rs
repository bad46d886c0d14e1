//! A folder of guides as one value.
//!
//! The only crate that knows what such a folder looks like: `<key>/guide.yaml` with its assets beside it, and
//! `brand.yaml`. Pure, but for `disk`.
#![warn(clippy::disallowed_methods, clippy::disallowed_types)]

mod disk;
mod shipped;

use std::collections::BTreeMap;

use guide::{Brand, Guide, Reading};

pub use crate::disk::{ReadError, locate, read_guide_file, read_path};
pub use crate::shipped::{shipped, shipped_brand};

/// The name of a guide's file in its folder.
pub const GUIDE_FILE: &str = "guide.yaml";

/// Guides, by key.
#[derive(Debug, Default)]
pub struct Catalog {
    entries: BTreeMap<String, Entry>,
}

/// A guide with its assets.
#[derive(Debug)]
pub struct Entry {
    /// The folder's name, which the guide's key has to be; empty for a file that stands alone.
    pub folder: String,
    /// What was read.
    pub reading: Reading<Guide>,
    /// The files beside the guide, by name.
    pub assets: BTreeMap<String, Vec<u8>>,
}

impl Entry {
    /// Reads a guide's text.
    pub fn new(folder: &str, name: &str, bytes: &[u8]) -> Self {
        Self { folder: folder.to_owned(), reading: guide::read(name, bytes), assets: BTreeMap::new() }
    }

    /// Whether this is the provider's entry: by the guide's key, or by the folder of a guide without one.
    pub fn is(&self, key: &str) -> bool {
        match &self.reading.value {
            Some(guide) => guide.provider.key == *key,
            None => self.folder == key,
        }
    }

    /// The guide, if it can be used.
    pub fn guide(&self) -> Option<&Guide> {
        self.reading.usable()
    }
}

impl Catalog {
    /// A catalog of these entries; of two with one folder the later counts, so that private guides replace
    /// those that ship.
    pub fn new(entries: impl IntoIterator<Item = Entry>) -> Self {
        let mut catalog = Self::default();
        catalog.extend(entries);
        catalog
    }

    /// Adds entries, replacing those with the same folder.
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

    /// The entries, by folder.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// The entries themselves, by folder.
    pub fn into_entries(self) -> Vec<Entry> {
        self.entries.into_values().collect()
    }

    /// The guides that can be used, by key.
    pub fn guides(&self) -> impl Iterator<Item = &Guide> {
        self.entries.values().filter_map(Entry::guide)
    }

    /// The entry whose guide has this key.
    pub fn find(&self, key: &str) -> Option<&Entry> {
        self.entries.values().find(|entry| entry.is(key))
    }
}

/// A brand file's text.
pub fn read_brand(name: &str, bytes: &[u8]) -> Reading<Brand> {
    guide::read_brand(name, bytes)
}
