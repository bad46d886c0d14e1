//! Escapes text in HTML.

use crate::markup::{Dialect, Markup};

/// The HTML dialect, which escapes text and attribute values in the same way.
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

/// Creates an opening tag with an id.
pub(super) fn tag_with_id(tag: &'static str, id: &str) -> Markup<Html> {
    Markup::syntax(tag).attribute("id", id).raw(">")
}
