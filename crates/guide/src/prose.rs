//! Prose: Markdown with references, parsed into a tree.
//!
//! References are removed before the Markdown is parsed and inserted as nodes afterwards, so a value can never become
//! markup. The tree has no node for raw HTML.

mod markup;
mod read;

use crate::source::Span;
use crate::template::{Reference, Template};

pub use self::markup::{Markup, markup};
pub(crate) use self::read::read;

/// Prose that consists of paragraphs, lists, code and images.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prose {
    /// The blocks, in order.
    pub blocks: Vec<Block>,
    /// The location of the prose in the source.
    pub span: Span,
}

/// A block of prose.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// A bulleted or numbered list.
    List {
        /// The first number of a numbered list. `None` for a bulleted list.
        first: Option<u64>,
        /// The items. Each item is a list of blocks.
        items: Vec<Vec<Self>>,
    },
    /// A code block.
    Code {
        /// The language, if the guide specifies it.
        language: Option<String>,
        /// The code. References in a code block are not replaced.
        text: String,
    },
}

/// An inline element.
#[derive(Clone, Debug, PartialEq)]
pub enum Inline {
    /// Literal text.
    Text(String),
    /// A value to insert.
    Reference(Reference),
    /// Inline code: text that people enter or recognize exactly as written.
    Code(Template),
    /// Bold text, such as a label on the provider's screen.
    Strong(Vec<Self>),
    /// Italic text.
    Emphasis(Vec<Self>),
    /// A link.
    Link {
        /// The link's target.
        href: Template,
        /// The link's text.
        content: Vec<Self>,
    },
    /// An image.
    Image {
        /// The path of a file next to the guide, or a URL.
        source: String,
        /// The alternative text for people who cannot see the image.
        text: String,
    },
    /// A line break in the source, shown as a space.
    SoftBreak,
    /// A visible line break.
    HardBreak,
}

impl Prose {
    /// Returns whether the prose has no blocks.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// Returns all inline elements in order. Each element precedes the elements inside it.
    pub fn inlines(&self) -> Vec<&Inline> {
        fn blocks<'a>(list: &'a [Block], out: &mut Vec<&'a Inline>) {
            for block in list {
                match block {
                    Block::Paragraph(content) => inlines(content, out),
                    Block::List { items, .. } => items.iter().for_each(|item| blocks(item, out)),
                    Block::Code { .. } => {}
                }
            }
        }
        fn inlines<'a>(list: &'a [Inline], out: &mut Vec<&'a Inline>) {
            for inline in list {
                out.push(inline);
                match inline {
                    Inline::Strong(content) | Inline::Emphasis(content) | Inline::Link { content, .. } => {
                        inlines(content, out);
                    }
                    _ => {}
                }
            }
        }
        let mut out = Vec::new();
        blocks(&self.blocks, &mut out);
        out
    }

    /// Returns all references in the prose.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        self.inlines().into_iter().flat_map(|inline| -> Vec<&Reference> {
            match inline {
                Inline::Reference(reference) => vec![reference],
                Inline::Code(template) | Inline::Link { href: template, .. } => {
                    template.references().collect()
                }
                _ => Vec::new(),
            }
        })
    }
}
