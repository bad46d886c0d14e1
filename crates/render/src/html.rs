//! A page as HTML: a whole document, or fragments to embed in other pages.
//!
//! **Invariant:** all text is escaped, no element has a `style` attribute or an event handler attribute, and no page
//! loads resources from other sites: the only script is one that the caller names, and images on other sites become
//! links.

mod dialect;
mod form;
mod inline;
mod linking;
mod parts;
mod shell;

use guide::Prose;

pub use self::linking::linking_stylesheet;
pub use self::shell::{CopyScript, html, html_with_copy_button};

use crate::markup::Doc;
use crate::page::Part;
use crate::text::Context;

/// Writes a part of a page, heading included, as an HTML fragment.
pub fn html_section(part: &Part) -> String {
    let mut doc = Doc::new();
    parts::part(&mut doc, part);
    doc.into_string()
}

/// Writes prose as an HTML fragment.
pub fn html_prose(prose: &Prose, context: &Context<'_>) -> String {
    let mut doc = Doc::new();
    inline::blocks(&mut doc, &context.blocks(prose));
    doc.into_string()
}
