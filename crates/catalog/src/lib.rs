//! A folder of guides as one value.
//!
//! The only crate that knows the layout of such a folder: `<key>/guide.yaml` with the guide's assets next to it, and
//! `brand.yaml`. Pure except for `disk`.
#![warn(clippy::disallowed_methods, clippy::disallowed_types)]

mod catalog;
mod disk;
mod entry;
mod shipped;

use guide::{Brand, Reading};

pub use crate::catalog::Catalog;
pub use crate::disk::{ReadError, locate, read_guide_file, read_path};
pub use crate::entry::{Entry, GUIDE_FILE};
pub use crate::shipped::{shipped, shipped_brand};

/// Reads a brand file from its text. `name` is the file's name in findings.
pub fn read_brand(name: &str, bytes: &[u8]) -> Reading<Brand> {
    guide::read_brand(name, bytes)
}
