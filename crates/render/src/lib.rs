//! Renders a guide as a page in five media.
//!
//! | noun | meaning |
//! |---|---|
//! | [`Page`] | the content of a page as a tree |
//! | [`Context`] | the values of the references in a guide's text |
//! | [`Style`] | the style of Markdown and MDX |
//!
//! Start with [`page()`], which builds the tree. The writers [`mdx()`], [`markdown()`], [`html()`], [`terminal()`] and
//! [`json()`] turn the tree into text.
//!
//! **Invariants:** all writers write the same tree, so that all media have the same content; every writer escapes the
//! text that it writes.
#![warn(clippy::disallowed_methods, clippy::disallowed_types)]

mod clean;
mod color;
mod href;
mod page;

mod text;
mod wording;

mod build;
mod facts;
mod part_writer;

mod markup;

mod commonmark;
mod markdown;
mod mdx;
mod published;

mod html;
mod json;
mod terminal;

pub use crate::build::{Options, page};
pub use crate::color::Color;
pub use crate::href::{Anchor, Href, Picture};
pub use crate::html::{
    CopyScript, html, html_prose, html_section, html_with_copy_button, linking_stylesheet,
};
pub use crate::json::{PageJson, json, page_schema};
pub use crate::markdown::{markdown, markdown_prose};
pub use crate::mdx::mdx;
pub use crate::page::*;
pub use crate::terminal::{TerminalOptions, terminal, terminal_prose};
pub use crate::text::{Context, plain};
