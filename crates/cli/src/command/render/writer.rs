//! Writes a page in one output format.

use guide::{Brand, Guide, Method};
use render::{Audience, Options, Style, TerminalOptions};

use crate::args::Medium;

/// The options for rendering and writing pages.
pub(super) struct Writer<'a> {
    pub(super) brand: &'a Brand,
    pub(super) options: Options,
    pub(super) to: Medium,
    pub(super) style: Style,
    pub(super) terminal: TerminalOptions,
}

impl Writer<'_> {
    /// Whether the method has a page for the audience.
    pub(super) fn has_page(&self, method: &Method) -> bool {
        self.options.audience == Audience::Link || method.setup.is_some()
    }

    pub(super) fn page(&self, guide: &Guide, method: &Method) -> String {
        let page = render::page(guide, method, self.brand, &self.options);
        match self.to {
            Medium::Mdx => render::mdx(&page, self.style),
            Medium::Md => render::markdown(&page, self.style),
            Medium::Html => render::html(&page),
            Medium::Text => render::terminal(&page, self.terminal),
            Medium::Json => format!("{:#}\n", render::json(&page)),
        }
    }
}
