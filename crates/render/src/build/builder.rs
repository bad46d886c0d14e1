//! The state that building a page carries from part to part.

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
    /// A part whose anchor is the name, or the nearest free one.
    pub(super) fn part(&mut self, name: &str, title: &str, content: Content) -> Part {
        Part { anchor: self.anchors.take(name), title: clean::line(title), content }
    }
}
