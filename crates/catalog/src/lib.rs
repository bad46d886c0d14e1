//! Reads guide folders.
//!
//! Only this crate depends on the layout of a folder of guides: each guide in `<key>/guide.yaml` with its assets next
//! to it, and the brand in `brand.yaml`. Only the `disk` module performs I/O.
#![warn(clippy::disallowed_methods, clippy::disallowed_types)]

mod catalog;
mod disk;
mod entry;
mod shipped;

pub use crate::catalog::Catalog;
pub use crate::disk::{ReadError, guide_files, locate, read_guide_file, read_path};
pub use crate::entry::{Entry, GUIDE_FILE};
pub use crate::shipped::{shipped, shipped_brand};
