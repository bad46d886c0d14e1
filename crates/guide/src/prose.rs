//! Prose: Markdown with references, read once into a tree.
//!
//! References are taken out before Markdown is read and put back as nodes after, so a value can never become
//! markup. There is no raw HTML in the tree: there is no node for it.

mod read;

use crate::source::Span;
use crate::template::{Reference, Template};

pub(crate) use self::read::read;

/// A text of paragraphs, lists and code.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prose {
    /// The blocks, in order.
    pub blocks: Vec<Block>,
    /// Where the text stands.
    pub span: Span,
}

/// A block of prose.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// A list; a numbered one begins with its first number.
    List {
        /// The first number, if the list is numbered.
        first: Option<u64>,
        /// The items.
        items: Vec<Vec<Self>>,
    },
    /// Lines of code.
    Code {
        /// The language, if it is named.
        language: Option<String>,
        /// The code; references are not replaced in it.
        text: String,
    },
}

/// A piece of running text.
#[derive(Clone, Debug, PartialEq)]
pub enum Inline {
    /// Text as it is.
    Text(String),
    /// Something to be put in.
    Reference(Reference),
    /// Code: something to type or to see, letter for letter.
    Code(Template),
    /// What stands out: a label of the provider's screen.
    Strong(Vec<Self>),
    /// Emphasis.
    Emphasis(Vec<Self>),
    /// A link.
    Link {
        /// Where it leads.
        href: Template,
        /// Its text.
        content: Vec<Self>,
    },
    /// An image, a file beside the guide or an address.
    Image {
        /// The file or address.
        source: String,
        /// What stands in its place for who does not see it.
        text: String,
    },
    /// The end of a line in the source.
    SoftBreak,
    /// The end of a line on the page.
    HardBreak,
}

impl Prose {
    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// Every inline of the prose, outer before inner.
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

    /// Every reference of the prose.
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
