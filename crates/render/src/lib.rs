//! A guide as a page, in five media.
