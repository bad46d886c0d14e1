//! A guide with its assets.

use std::collections::BTreeMap;

use guide::{Guide, Reading};

/// The name of a guide's file in its folder.
pub const GUIDE_FILE: &str = "guide.yaml";

/// A guide, the findings about it, and its assets.
#[derive(Debug)]
pub struct Entry {
    /// The folder's name, which must equal the guide's key; empty for a file that is not in a guide folder.
    pub folder: String,
    /// The guide as far as it could be read, and the findings.
    pub reading: Reading<Guide>,
    /// The contents of the SVG and PNG files in the folder, by file name.
    pub assets: BTreeMap<String, Vec<u8>>,
}

impl Entry {
    /// Reads a guide from its text. `name` is the file name to show in findings.
    pub fn new(folder: &str, name: &str, bytes: &[u8]) -> Self {
        Self { folder: folder.to_owned(), reading: guide::read(name, bytes), assets: BTreeMap::new() }
    }

    /// Whether this is the entry for the provider with this key. A guide that cannot be read uses its folder's name as
    /// its key.
    pub fn is(&self, key: &str) -> bool {
        match &self.reading.value {
            Some(guide) => guide.provider.key == *key,
            None => self.folder == key,
        }
    }

    /// The guide, if it has no errors.
    pub fn guide(&self) -> Option<&Guide> {
        self.reading.usable()
    }
}
