//! A guide's folder: the guide and its assets.

use std::collections::BTreeMap;

use guide::{Guide, Reading};

/// The name of a guide's file in its folder.
pub const GUIDE_FILE: &str = "guide.yaml";

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
