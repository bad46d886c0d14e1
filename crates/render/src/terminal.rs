//! A page as text for a terminal.
//!
//! **Invariant:** no text of a guide can command the terminal: control characters are dropped once more here, and
//! the only sequences written are those of [`Face`].

mod layout;

use guide::Prose;

use crate::facts::{self, Fact};
use crate::page::{Block, Content, Field, Inline, Page, Part, Section};
use crate::text::{Context, plain};
use crate::wording;

use self::layout::{Face, Layout, Piece};

/// How text is laid out.
#[derive(Clone, Copy, Debug)]
pub struct TerminalOptions {
    /// The columns there are.
    pub width: usize,
    /// Whether faces (bold, faint) may be used.
    pub color: bool,
}

/// The page as text.
pub fn terminal(page: &Page, options: TerminalOptions) -> String {
    let mut out = Layout::new(options.width, options.color, 0);
    heading(&mut out, &page.title, '=');
    paragraph(&mut out, &[Inline::Text(page.description.clone())]);
    if !page.warning.is_empty() {
        strong_line(&mut out, wording::WARNING);
        out.indented(2, |out| blocks(out, &page.warning));
    }
    for one in &page.parts {
        part(&mut out, one);
    }
    out.finish()
}

/// Prose as text, for a dialogue.
pub fn terminal_prose(
    prose: &Prose,
    context: &Context<'_>,
    options: TerminalOptions,
    indent: usize,
) -> String {
    let mut out = Layout::new(options.width, options.color, indent);
    blocks(&mut out, &context.blocks(prose));
    out.finish()
}

fn part(out: &mut Layout, part: &Part) {
    heading(out, &part.title, '-');
    match &part.content {
        Content::Needs(needs) => blocks(out, &[Block::List { first: None, items: needs.clone() }]),
        Content::Section(one) | Content::Linking(one) => section(out, one),
        Content::Fields(fields) => fields.iter().for_each(|one| field(out, one)),
        Content::Environments(list) => {
            for one in list {
                strong_line(out, &one.label);
                named(out, &facts::of_environment(one));
            }
        }
        Content::Permissions(list) => {
            for one in list {
                strong_line(out, &one.name);
                named(out, &facts::of_permission(one));
            }
        }
        Content::Checks { intro, checks } => {
            paragraph(out, intro);
            for one in checks {
                let label = Inline::Strong(vec![Inline::Text(one.label.clone())]);
                paragraph(out, &[label, Inline::Text(format!(". {}", one.proves))]);
                lines(out, &facts::of_check(one));
            }
        }
        Content::Troubles(troubles) => {
            for one in troubles {
                paragraph_close(out, &[Inline::Strong(one.message.clone())]);
                named(out, &facts::of_trouble(one));
            }
        }
        Content::Facts(list) => list.iter().for_each(|line| paragraph(out, line)),
        Content::Events(events) => lines(out, &events.iter().map(facts::of_event).collect::<Vec<_>>()),
        Content::Sources(sources) => lines(out, &sources.iter().map(facts::of_source).collect::<Vec<_>>()),
    }
}

fn section(out: &mut Layout, section: &Section) {
    blocks(out, &section.intro);
    for (n, step) in (1_u64..).zip(&section.steps) {
        out.item(&format!("{n}. "), |out| {
            strong_line(out, &step.title);
            blocks(out, &step.body);
        });
    }
    blocks(out, &section.closing);
}

fn field(out: &mut Layout, field: &Field) {
    strong_line(out, &field.label);
    out.indented(2, |out| blocks_close(out, &field.description));
    named(out, &facts::of_field(field));
}

fn named(out: &mut Layout, facts: &[Fact]) {
    out.indented(2, |out| {
        for fact in facts {
            let mut pieces = vec![(Face::Faint, format!("{}: ", fact.name))];
            faces(&fact.content, Face::Plain, &mut pieces);
            out.wrapped(pieces);
        }
    });
    out.gap();
}

fn lines(out: &mut Layout, lines: &[Vec<Inline>]) {
    for line in lines {
        out.item("- ", |out| paragraph_close(out, line));
    }
    out.gap();
}

fn blocks(out: &mut Layout, list: &[Block]) {
    blocks_close(out, list);
    out.gap();
}

/// Blocks without an empty line after the last.
fn blocks_close(out: &mut Layout, list: &[Block]) {
    for (n, block) in list.iter().enumerate() {
        if n > 0 {
            out.gap();
        }
        match block {
            Block::Paragraph(content) => paragraph_close(out, content),
            Block::List { first, items } => {
                for (n, item) in (0_u64..).zip(items) {
                    let mark = first.map_or_else(|| "- ".to_owned(), |first| format!("{}. ", first + n));
                    out.item(&mark, |out| blocks_close(out, item));
                }
            }
            Block::Code { text, .. } => out.indented(2, |out| out.code(text)),
            Block::Form(fields) => {
                for field in fields {
                    let mut line = vec![Inline::Strong(vec![Inline::Text(field.label.clone())])];
                    line.extend(field.suffix.iter().map(|suffix| Inline::Text(format!(" {suffix}"))));
                    out.item("- ", |out| paragraph_close(out, &line));
                }
            }
        }
    }
}

/// A heading with a line below it.
fn heading(out: &mut Layout, text: &str, line: char) {
    out.gap();
    strong_line(out, text);
    out.rule(line, text);
    out.gap();
}

/// A line that stands out.
fn strong_line(out: &mut Layout, text: &str) {
    out.wrapped(vec![(Face::Bold, text.to_owned())]);
}

/// A paragraph and an empty line.
fn paragraph(out: &mut Layout, content: &[Inline]) {
    paragraph_close(out, content);
    out.gap();
}

/// A paragraph.
fn paragraph_close(out: &mut Layout, content: &[Inline]) {
    let mut pieces = Vec::new();
    faces(content, Face::Plain, &mut pieces);
    out.wrapped(pieces);
}

/// Running text with the face of each piece.
fn faces(list: &[Inline], face: Face, out: &mut Vec<Piece>) {
    for inline in list {
        let piece = match inline {
            Inline::Text(text) => (face, text.clone()),
            Inline::Code(text) => (face, format!("`{text}`")),
            Inline::Placeholder(name) => (face, wording::placeholder(name)),
            Inline::Path(names) => (Face::Bold, names.join(" > ")),
            Inline::Image { source, text } => {
                (Face::Faint, format!("[{}: {text}] ({})", wording::IMAGE, source.as_str()))
            }
            Inline::SoftBreak => (face, " ".to_owned()),
            Inline::HardBreak => (face, "\n".to_owned()),
            Inline::Strong(content) => {
                faces(content, Face::Bold, out);
                continue;
            }
            Inline::Emphasis(content) => {
                faces(content, face, out);
                continue;
            }
            Inline::Link { href, content } => {
                faces(content, face, out);
                // A link within the page is only a name here, and an address that is its own text is not repeated.
                if href.fragment().is_some() || plain(content) == href.as_str() {
                    continue;
                }
                (Face::Faint, format!(" ({})", href.as_str()))
            }
        };
        out.push(piece);
    }
}
