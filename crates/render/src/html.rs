//! A page as HTML: standalone, or the fragments that other pages are made of.
//!
//! **Invariant:** every text is escaped, no element has a `style` or an event attribute, and nothing is fetched
//! from elsewhere: there is no script, and images of other sites become links.

mod form;
mod inline;
mod linking;
mod parts;
mod shell;

use guide::Prose;

pub use self::linking::linking_stylesheet;

use crate::markup::{Dialect, Doc, Markup};
use crate::page::{Page, Part, Step};
use crate::text::Context;

/// Text in HTML.
pub(crate) struct Html;

impl Dialect for Html {
    fn text(out: &mut String, text: &str) {
        let mut done = 0;
        for (at, byte) in text.bytes().enumerate() {
            let escaped = match byte {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                b'\'' => "&#39;",
                _ => continue,
            };
            out.push_str(&text[done..at]);
            out.push_str(escaped);
            done = at + 1;
        }
        out.push_str(&text[done..]);
    }

    fn attribute(out: &mut String, text: &str) {
        Self::text(out, text);
    }
}

/// The style sheet of pages and fragments.
pub const fn stylesheet() -> &'static str {
    include_str!("html/style.css")
}

/// The page as a document of its own.
pub fn html(page: &Page) -> String {
    shell::document(page)
}

/// A part of a page with its heading, as a fragment.
pub fn html_section(part: &Part) -> String {
    let mut doc = Doc::new();
    parts::part(&mut doc, part);
    doc.into_string()
}

/// A step as a fragment: its title as a heading of the third level, and its text.
pub fn html_step(step: &Step) -> String {
    let mut doc = Doc::new();
    parts::step(&mut doc, step);
    doc.into_string()
}

/// Prose as a fragment.
pub fn html_prose(prose: &Prose, context: &Context<'_>) -> String {
    let mut doc = Doc::new();
    inline::blocks(&mut doc, &context.blocks(prose));
    doc.into_string()
}

/// An opening tag with an id.
fn tag_with_id(tag: &'static str, id: &str) -> Markup<Html> {
    Markup::syntax(tag).attribute("id", id).raw(">")
}
