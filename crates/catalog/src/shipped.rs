//! The guides that are built into the program.

use guide::Brand;

use crate::catalog::Catalog;
use crate::entry::{Entry, GUIDE_FILE};

/// The YAML, SVG and PNG files in `guides/`, each with its path.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/shipped.rs"));

/// Reads the built-in guides.
pub fn shipped() -> Catalog {
    let mut catalog = Catalog::default();
    for (path, bytes) in FILES {
        let Some((folder, GUIDE_FILE)) = path.split_once('/') else { continue };
        let mut entry = Entry::new(folder, &format!("guides/{path}"), bytes);
        for (asset, bytes) in FILES {
            if let Some((other, name)) = asset.split_once('/')
                && other == folder
                && name != GUIDE_FILE
            {
                entry.assets.insert(name.to_owned(), bytes.to_vec());
            }
        }
        catalog.extend([entry]);
    }
    catalog
}

/// Reads the built-in brand.
///
/// # Panics
///
/// Panics if the embedded brand file has errors. A test ensures that it has none.
pub fn shipped_brand() -> Brand {
    let bytes =
        FILES.iter().find(|(path, _)| *path == "brand.yaml").map(|(_, bytes)| *bytes).unwrap_or_default();
    guide::read_brand("guides/brand.yaml", bytes).into_usable().expect("the embedded brand has no errors")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guides_and_brand_have_no_errors() {
        assert!(shipped().entries().count() >= 1);
        for entry in shipped().entries() {
            assert!(entry.guide().is_some(), "{}: {:?}", entry.folder, entry.reading.findings);
        }
        assert!(!shipped_brand().name.is_empty());
    }
}
