//! A page as text for a terminal.
//!
//! **Invariant:** text from a guide cannot control the terminal. This writer removes control characters again, and
//! writes no escape sequences except those of [`Face`].

mod layout;

use guide::Prose;

use crate::facts::{self, Fact, Table};
use crate::page::{Block, Break, Check, Field, Inline, Page, Part, Section, Trouble};
use crate::part_writer::PartWriter;
use crate::text::{Context, plain};
use crate::wording;

use self::layout::{Face, Layout, Piece};

/// Options for the layout of terminal text.
#[derive(Clone, Copy, Debug)]
pub struct TerminalOptions {
    /// The number of columns. A number below 24 is treated as 24.
    pub width: usize,
    /// Whether to use bold and faint type.
    pub color: bool,
}

/// Writes the page as text.
pub fn terminal(page: &Page, options: TerminalOptions) -> String {
    let mut out = Layout::new(options.width, options.color, 0);
    heading(&mut out, &page.title, '=');
    paragraph(&mut out, &[Inline::Text(page.description.clone())]);
    if !page.warning.is_empty() {
        strong_line(&mut out, wording::WARNING);
        out.indented(2, |out| out.blocks(&page.warning));
    }
    for part in &page.parts {
        heading(&mut out, &part.title, '-');
        out.content(part);
    }
    out.finish()
}

/// Writes prose as text, indented by a number of columns.
pub fn terminal_prose(
    prose: &Prose,
    context: &Context<'_>,
    options: TerminalOptions,
    indent: usize,
) -> String {
    // In a dialogue, backticks would look like a part of what the person has to type.
    let mut out = Layout::new(options.width, options.color, indent).with_code_marks(["\u{201c}", "\u{201d}"]);
    out.blocks(&context.blocks(prose));
    out.finish()
}

impl PartWriter for Layout {
    fn blocks(&mut self, blocks: &[Block]) {
        blocks_without_gap(self, blocks);
        self.gap();
    }

    fn section(&mut self, section: &Section) {
        self.blocks(&section.intro);
        for (n, step) in (1_u64..).zip(&section.steps) {
            self.item(&format!("{n}. "), |out| {
                strong_line(out, &step.title);
                out.blocks(&step.body);
            });
        }
        self.blocks(&section.closing);
    }

    fn field(&mut self, field: &Field) {
        strong_line(self, &field.label);
        self.indented(2, |out| blocks_without_gap(out, &field.description));
        named(self, &facts::of_field(field));
    }

    fn table(&mut self, _: &Part, table: &Table) {
        for (name, facts) in &table.rows {
            strong_line(self, &plain(std::slice::from_ref(name)));
            named(self, facts);
        }
    }

    fn checks(&mut self, intro: &[Inline], checks: &[Check]) {
        paragraph(self, intro);
        for check in checks {
            let label = Inline::Strong(vec![Inline::Text(check.label.clone())]);
            paragraph(self, &[label, Inline::Text(format!(". {}", check.proves))]);
            self.list(&facts::of_check(check));
        }
    }

    fn troubles(&mut self, troubles: &[Trouble]) {
        for trouble in troubles {
            paragraph_without_gap(self, &[Inline::Strong(trouble.message.clone())]);
            named(self, &facts::of_trouble(trouble));
        }
    }

    fn sentences(&mut self, sentences: &[Vec<Inline>]) {
        for sentence in sentences {
            paragraph(self, sentence);
        }
    }

    fn list(&mut self, items: &[Vec<Inline>]) {
        for item in items {
            self.item("- ", |out| paragraph_without_gap(out, item));
        }
        self.gap();
    }
}

fn named(out: &mut Layout, facts: &[Fact]) {
    out.indented(2, |out| {
        for fact in facts {
            let mut pieces = vec![(Face::Faint, format!("{}: ", fact.name))];
            faces(out, &fact.content, Face::Plain, &mut pieces);
            out.wrapped(pieces);
        }
    });
    out.gap();
}

/// Writes blocks without a blank line after the last block.
fn blocks_without_gap(out: &mut Layout, list: &[Block]) {
    for (n, block) in list.iter().enumerate() {
        if n > 0 {
            out.gap();
        }
        match block {
            Block::Paragraph(content) => paragraph_without_gap(out, content),
            Block::List { first, items } => {
                for (n, item) in (0_u64..).zip(items) {
                    let mark = first.map_or_else(|| "- ".to_owned(), |first| format!("{}. ", first + n));
                    out.item(&mark, |out| blocks_without_gap(out, item));
                }
            }
            Block::Code { text, .. } => out.indented(2, |out| out.code(text)),
            Block::Form(fields) => {
                for field in fields {
                    let mut line = vec![Inline::Strong(vec![Inline::Text(field.label.clone())])];
                    line.extend(field.suffix.iter().map(|suffix| Inline::Text(format!(" {suffix}"))));
                    out.item("- ", |out| paragraph_without_gap(out, &line));
                }
            }
        }
    }
}

/// Writes an underlined heading.
fn heading(out: &mut Layout, text: &str, line: char) {
    out.gap();
    strong_line(out, text);
    out.rule(line, text);
    out.gap();
}

fn strong_line(out: &mut Layout, text: &str) {
    out.wrapped(vec![(Face::Bold, text.to_owned())]);
}

/// Writes a paragraph, followed by a blank line.
fn paragraph(out: &mut Layout, content: &[Inline]) {
    paragraph_without_gap(out, content);
    out.gap();
}

/// Writes a paragraph without a blank line after it.
fn paragraph_without_gap(out: &mut Layout, content: &[Inline]) {
    let mut pieces = Vec::new();
    faces(out, content, Face::Plain, &mut pieces);
    out.wrapped(pieces);
}

/// Appends the pieces of running text, each with its face.
fn faces(layout: &Layout, list: &[Inline], face: Face, out: &mut Vec<Piece>) {
    for inline in list {
        let piece = match inline {
            Inline::Text(text) => (face, text.clone()),
            Inline::Code(text) => layout.code_piece(text),
            Inline::Placeholder(name) => (face, wording::placeholder(name)),
            Inline::Path(names) => (Face::Bold, names.join(" > ")),
            Inline::Image { source, text } => {
                (Face::Faint, format!("[{}: {text}] ({})", wording::IMAGE, source.as_str()))
            }
            Inline::Break(Break::Soft) => (face, " ".to_owned()),
            Inline::Break(Break::Hard) => (face, "\n".to_owned()),
            Inline::Strong(content) => {
                faces(layout, content, Face::Bold, out);
                continue;
            }
            Inline::Emphasis(content) => {
                faces(layout, content, face, out);
                continue;
            }
            Inline::Link { href, content } => {
                faces(layout, content, face, out);
                // A terminal page has no anchors, so a link to an anchor shows no address. If the link's text is the
                // address itself, the address is not repeated.
                if href.fragment().is_some() || plain(content) == href.as_str() {
                    continue;
                }
                (Face::Faint, format!(" ({})", href.as_str()))
            }
        };
        out.push(piece);
    }
}
