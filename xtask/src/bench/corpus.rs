//! Catalogs of guides generated from one template. The guides differ in names, hosts and numbers.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// The template for every guide.
const TEMPLATE: &str = include_str!("guide.yaml");

/// The syllables that make up the providers' names.
const SYLLABLES: [&str; 22] = [
    "ba", "cor", "da", "fel", "gro", "hi", "jun", "ka", "lo", "mer", "ni", "ost", "pa", "quo", "ri", "sol",
    "ta", "ul", "ve", "wyn", "xi", "zor",
];

/// Writes guides into a folder.
pub(super) fn write(folder: &Path, guides: u32) -> Result<()> {
    for n in 0..guides {
        let file = file(folder, n);
        let own = file.parent().unwrap_or(folder);
        fs::create_dir_all(own).with_context(|| format!("cannot make {}", own.display()))?;
        fs::write(file, guide(n))?;
    }
    Ok(())
}

/// Returns the path of guide number `n`.
pub(super) fn file(folder: &Path, n: u32) -> PathBuf {
    folder.join(key(n)).join("guide.yaml")
}

/// Returns the text of guide number `n`.
fn guide(n: u32) -> String {
    let key = key(n);
    let (first, rest) = key.split_at(1);
    TEMPLATE
        .replace("@key@", &key)
        .replace("@name@", &format!("{}{rest}", first.to_uppercase()))
        .replace("@version@", &(1 + n % 9).to_string())
        .replace("@limit@", &(60 + n % 440).to_string())
}

/// Returns the key of guide number `n`: four syllables, the last of which differs between consecutive guides.
fn key(n: u32) -> String {
    let base = SYLLABLES.len();
    let n = n as usize;
    [n / base.pow(3) + 9, n / base.pow(2), n / base, n].map(|digit| SYLLABLES[digit % base]).concat()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{guide, key};

    #[test]
    fn every_guide_has_its_own_key() {
        let keys: BTreeSet<String> = (0..20_000).map(key).collect();
        assert_eq!(keys.len(), 20_000);
    }

    #[test]
    fn every_placeholder_of_the_template_is_filled() {
        let text = guide(1234);
        assert!(!text.contains("@key@") && !text.contains("@name@"), "{text}");
        assert!(!text.contains("@version@") && !text.contains("@limit@"), "{text}");
    }

    #[test]
    fn a_guide_has_no_findings() {
        for n in [0, 1, 21, 9_999] {
            let reading = guide::read("guide.yaml", guide(n).as_bytes());
            assert!(reading.findings.is_empty(), "{:?}", reading.findings);
        }
    }
}
