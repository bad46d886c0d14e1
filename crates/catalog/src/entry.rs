//! A guide with its assets.

use std::borrow::Cow;
use std::collections::BTreeMap;

use guide::{Guide, Product, Reading};

/// The name of the guide file in a guide folder.
pub const GUIDE_FILE: &str = "guide.yaml";

/// A guide, the findings about it, and its assets.
#[derive(Debug)]
pub struct Entry {
    /// The folder's name, which must equal the provider's key. Empty for a file that is not in a guide folder.
    pub folder: String,
    /// The guide, if the file could be parsed, and the findings about it.
    pub reading: Reading<Guide>,
    /// The contents of the SVG and PNG files in the folder, by file name.
    pub assets: BTreeMap<String, Vec<u8>>,
}

impl Entry {
    /// Reads a guide from a file's contents. Findings refer to the file as `name`.
    pub fn new(folder: &str, name: &str, bytes: &[u8]) -> Self {
        Self { folder: folder.to_owned(), reading: guide::read(name, bytes), assets: BTreeMap::new() }
    }

    /// Returns the entry with a product's names in the guide's titles and labels.
    #[must_use]
    pub fn for_product(mut self, product: &Product) -> Self {
        if let Some(guide) = self.guide()
            && let Cow::Owned(other) = guide.for_product(product)
        {
            self.reading.value = Some(other);
        }
        self
    }

    /// Returns whether this is the entry for the provider with this key. If the guide cannot be parsed, the folder's
    /// name serves as the key.
    pub fn is(&self, key: &str) -> bool {
        match &self.reading.value {
            Some(guide) => guide.provider.key == *key,
            None => self.folder == key,
        }
    }

    /// Returns the guide, or `None` if it has errors.
    pub fn guide(&self) -> Option<&Guide> {
        self.reading.usable()
    }
}
