//! The state that all parts share while a page is built.

use guide::{Brand, Guide, Method};

use crate::clean;
use crate::href::Anchors;
use crate::page::{Audience, Content, Part};
use crate::text::Context;

/// Builds the parts of one page.
pub(super) struct PageBuilder<'a> {
    pub(super) guide: &'a Guide,
    pub(super) method: &'a Method,
    pub(super) brand: &'a Brand,
    pub(super) audience: Audience,
    pub(super) context: Context<'a>,
    pub(super) anchors: Anchors,
}

impl PageBuilder<'_> {
    /// Creates a part. Its anchor is `name`, with a numbered suffix if that anchor is taken.
    pub(super) fn part(&mut self, name: &str, title: &str, content: Content) -> Part {
        Part { anchor: self.anchors.take(name), title: clean::line(title), content }
    }
}
