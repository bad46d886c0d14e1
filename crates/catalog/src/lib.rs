//! Reads guide folders.
//!
//! Only this crate depends on the layout of a guide folder: `<key>/guide.yaml` with the guide's assets next to it, and
//! `brand.yaml`. Only the `disk` module performs I/O.
#![warn(clippy::disallowed_methods, clippy::disallowed_types)]

mod catalog;
mod disk;
mod entry;
mod shipped;

pub use crate::catalog::Catalog;
pub use crate::disk::{ReadError, locate, read_guide_file, read_path};
pub use crate::entry::{Entry, GUIDE_FILE};
pub use crate::shipped::{shipped, shipped_brand};
