//! Catalogs of guides that differ in names, hosts and numbers, made of one template.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// The guide of which all are made.
const TEMPLATE: &str = include_str!("guide.yaml");

/// Syllables of the names of providers.
const SYLLABLES: [&str; 22] = [
    "ba", "cor", "da", "fel", "gro", "hi", "jun", "ka", "lo", "mer", "ni", "ost", "pa", "quo", "ri", "sol",
    "ta", "ul", "ve", "wyn", "xi", "zor",
];

/// A folder with guides.
#[derive(Clone, Debug)]
pub(super) struct Corpus {
    /// The folder.
    pub(super) folder: PathBuf,
    /// How many guides it holds.
    pub(super) guides: u32,
    /// How large their files are together.
    pub(super) bytes: u64,
}

impl Corpus {
    /// The guides' files, in order.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        (0..self.guides).map(|n| self.file(n)).collect()
    }

    /// The file of one guide.
    pub(super) fn file(&self, n: u32) -> PathBuf {
        self.folder.join(key(n)).join("guide.yaml")
    }
}

/// Writes so many guides into a folder.
pub(super) fn write(folder: &Path, guides: u32) -> Result<Corpus> {
    let mut bytes = 0;
    for n in 0..guides {
        let own = folder.join(key(n));
        fs::create_dir_all(&own).with_context(|| format!("cannot make {}", own.display()))?;
        let text = guide(n);
        bytes += text.len() as u64;
        fs::write(own.join("guide.yaml"), text)?;
    }
    Ok(Corpus { folder: folder.to_owned(), guides, bytes })
}

/// The text of one guide.
fn guide(n: u32) -> String {
    let key = key(n);
    let (first, rest) = key.split_at(1);
    TEMPLATE
        .replace("@key@", &key)
        .replace("@name@", &format!("{}{rest}", first.to_uppercase()))
        .replace("@version@", &(1 + n % 9).to_string())
        .replace("@limit@", &(60 + n % 440).to_string())
}

/// The key of one guide: four syllables, the last ones first to differ.
pub(super) fn key(n: u32) -> String {
    let base = SYLLABLES.len();
    let n = n as usize;
    [n / base.pow(3) + 9, n / base.pow(2), n / base, n].map(|digit| SYLLABLES[digit % base]).concat()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{guide, key};

    #[test]
    fn every_guide_has_a_key_of_its_own() {
        let keys: BTreeSet<String> = (0..20_000).map(key).collect();
        assert_eq!(keys.len(), 20_000);
    }

    #[test]
    fn nothing_of_the_template_is_left_open() {
        let text = guide(1234);
        assert!(!text.contains("@key@") && !text.contains("@name@"), "{text}");
        assert!(!text.contains("@version@") && !text.contains("@limit@"), "{text}");
    }

    #[test]
    fn a_guide_can_be_used() {
        for n in [0, 1, 21, 9_999] {
            let reading = guide::read("guide.yaml", guide(n).as_bytes());
            assert!(reading.findings.is_empty(), "{:?}", reading.findings);
        }
    }
}
