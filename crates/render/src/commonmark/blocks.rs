//! Writes blocks and running text in `CommonMark`.

use super::dialect::{CommonMark, Flavor, code_block, longest_run, starts_reference};
use crate::href::Href;
use crate::markup::{Doc, Markup};
use crate::page::{Block, Break, FormField, Inline};
use crate::wording;

/// Returns a link's target in a medium, or `None` if the medium has no anchor for it.
pub(crate) type Targets<'p> = dyn Fn(&Href) -> Option<Href> + 'p;

/// The marks around a piece of text, and the tags to use where Markdown would not recognize the marks.
struct Marks {
    mark: &'static str,
    open: &'static str,
    close: &'static str,
}

const STRONG: Marks = Marks { mark: "**", open: "<strong>", close: "</strong>" };

/// Writes blocks to a document. `targets` determines where the links in the blocks point.
pub(crate) struct Blocks<'p, F> {
    pub(crate) doc: Doc<CommonMark<F>>,
    targets: &'p Targets<'p>,
}

impl<'p, F: Flavor> Blocks<'p, F> {
    /// Creates a writer with an empty document.
    pub(crate) fn new(targets: &'p Targets<'p>) -> Self {
        Self { doc: Doc::new(), targets }
    }

    /// Writes blocks, with a blank line after each.
    pub(crate) fn write(&mut self, list: &[Block]) {
        // Markdown would merge two successive lists that use the same marker, so their markers differ.
        let mut other = false;
        for (n, block) in list.iter().enumerate() {
            let follows = |before: &Block| matches!(before, Block::List { .. } | Block::Form(_));
            other = n > 0 && follows(&list[n - 1]) && !other;
            self.block(block, other);
            self.doc.gap();
        }
    }

    /// Writes a list item: the marker begins its first line, and the other lines align with the first line's text.
    pub(crate) fn item(&mut self, mark: &Markup<CommonMark<F>>, content: impl FnOnce(&mut Self)) {
        self.doc.open_item(mark);
        content(self);
        self.doc.close_item(mark);
    }

    /// Writes a one-line list item.
    pub(super) fn line_item(&mut self, line: &Markup<CommonMark<F>>) {
        self.item(&Markup::syntax("- "), |out| out.doc.line(line));
    }

    fn block(&mut self, block: &Block, other: bool) {
        match block {
            Block::Paragraph(content) => {
                let line = self.inlines(Markup::new(), content);
                self.doc.line(&line);
            }
            Block::List { first, items } => {
                let tight = items.iter().all(|item| is_tight(item));
                for (n, item) in (0_u64..).zip(items) {
                    let mark = match (first, other) {
                        (None, false) => Markup::syntax("- "),
                        (None, true) => Markup::syntax("* "),
                        (Some(first), false) => Markup::new().number(first + n).raw(". "),
                        (Some(first), true) => Markup::new().number(first + n).raw(") "),
                    };
                    self.list_item(&mark, item, tight);
                }
            }
            Block::Code { language, text } => {
                code_block(&mut self.doc, language.as_deref(), text);
            }
            Block::Form(fields) => fields.iter().for_each(|field| self.form_field(field)),
        }
    }

    fn list_item(&mut self, mark: &Markup<CommonMark<F>>, item: &[Block], tight: bool) {
        self.item(mark, |out| {
            if tight {
                for block in item {
                    out.block(block, false);
                }
            } else {
                out.write(item);
            }
        });
        if !tight {
            self.doc.gap();
        }
    }

    fn form_field(&mut self, field: &FormField) {
        let label = [Inline::Strong(vec![Inline::Text(field.label.clone())])];
        let mut line = self.inlines(Markup::new(), &label);
        if let Some(suffix) = &field.suffix {
            line = line.raw(" ").text(suffix);
        }
        self.line_item(&line);
    }

    /// Appends running text to a line.
    pub(crate) fn inlines(&self, out: Markup<CommonMark<F>>, list: &[Inline]) -> Markup<CommonMark<F>> {
        self.run(out, list, None)
    }

    fn run(
        &self,
        mut out: Markup<CommonMark<F>>,
        list: &[Inline],
        end: Option<char>,
    ) -> Markup<CommonMark<F>> {
        for (n, inline) in list.iter().enumerate() {
            let after = list.get(n + 1).map_or(end, |next| first_char(std::slice::from_ref(next)));
            out = self.inline(out, inline, after);
        }
        out
    }

    fn inline(
        &self,
        out: Markup<CommonMark<F>>,
        inline: &Inline,
        after: Option<char>,
    ) -> Markup<CommonMark<F>> {
        match inline {
            Inline::Text(text) => match text.strip_suffix('!').filter(|_| after == Some('[')) {
                // An exclamation mark directly before a link would turn the link into an image.
                Some(front) => out.text(front).raw("\\!"),
                None => out.text(text),
            },
            Inline::Code(text) => code(out, text),
            Inline::Strong(content) => self.marked(out, &STRONG, content, after),
            Inline::Path(names) => self.marked(out, &STRONG, &[Inline::Text(names.join(" > "))], after),
            Inline::Emphasis(content) => {
                let apart =
                    |ch: Option<char>| ch.is_none_or(|ch| ch.is_whitespace() || ch.is_ascii_punctuation());
                let before = out.as_str().chars().next_back();
                let mark = if apart(before) && apart(after) { "_" } else { "*" };
                self.marked(out, &Marks { mark, open: "<em>", close: "</em>" }, content, after)
            }
            Inline::Placeholder(name) => out.text(&wording::placeholder(name)),
            Inline::Link { href, content } => match (self.targets)(href) {
                Some(href) => {
                    let out = self.run(out.raw("["), content, Some(']')).raw("](");
                    destination(out, href.as_str()).raw(")")
                }
                None => self.run(out, content, after),
            },
            Inline::Image { source, text } => {
                destination(out.raw("![").text(text).raw("]("), source.as_str()).raw(")")
            }
            Inline::Break(Break::Soft) => out.raw(" "),
            Inline::Break(Break::Hard) if F::MDX => out.raw("<br />"),
            Inline::Break(Break::Hard) => out.raw("\\\n"),
        }
    }

    /// Writes text between marks if Markdown would recognize the marks. Otherwise, writes the text between tags in MDX,
    /// and without marks in plain Markdown.
    fn marked(
        &self,
        out: Markup<CommonMark<F>>,
        marks: &Marks,
        content: &[Inline],
        after: Option<char>,
    ) -> Markup<CommonMark<F>> {
        let Marks { mark, open, close } = *marks;
        let (Some(first), Some(last)) = (first_char(content), last_char(content)) else { return out };
        let before = out.as_str().chars().next_back();
        let outside = |ch: Option<char>| ch.is_none_or(|ch| ch.is_whitespace() || ch.is_ascii_punctuation());
        let flanks = |inner: char, outer: Option<char>| {
            !inner.is_whitespace() && (inner.is_alphanumeric() || outside(outer))
        };
        // Two adjacent marks of the same kind would be read as a single mark.
        let runs_on = before.is_some_and(|ch| mark.starts_with(ch)) || after == Some('*');
        if flanks(first, before) && flanks(last, after) && !runs_on {
            return self.run(out.raw(mark), content, Some('*')).raw(mark);
        }
        if F::MDX {
            return self.run(out.raw(open), content, Some('<')).raw(close);
        }
        self.run(out, content, after)
    }
}

/// Returns the first character of the output for these pieces, or another character of the same class.
fn first_char(list: &[Inline]) -> Option<char> {
    list.iter().find_map(|inline| edges(inline).map(|(first, _)| first))
}

/// Returns the last character of the output for these pieces, or another character of the same class.
fn last_char(list: &[Inline]) -> Option<char> {
    list.iter().rev().find_map(|inline| edges(inline).map(|(_, last)| last))
}

/// Returns the first and the last character of a piece's output, or other characters of the same classes. Returns
/// `None` if the piece produces no output.
fn edges(inline: &Inline) -> Option<(char, char)> {
    Some(match inline {
        Inline::Text(text) => (text.chars().next()?, text.chars().next_back()?),
        Inline::Code(_) => ('`', '`'),
        Inline::Strong(_) | Inline::Emphasis(_) | Inline::Path(_) => ('*', '*'),
        Inline::Placeholder(_) => ('\u{2039}', '\u{203a}'),
        Inline::Link { content, .. } => first_char(content).map(|_| ('[', ')'))?,
        Inline::Image { .. } => ('!', ')'),
        Inline::Break(_) => (' ', ' '),
    })
}

/// Returns whether an item is written without blank lines: it must consist of a form or a paragraph, and the paragraph
/// can be followed by one list or form.
fn is_tight(item: &[Block]) -> bool {
    match item {
        [Block::Paragraph(_) | Block::Form(_)] | [Block::Paragraph(_), Block::Form(_)] => true,
        [Block::Paragraph(_), Block::List { items, first }] => {
            // Without a blank line, a numbered list can follow a paragraph only if the list starts at 1.
            first.is_none_or(|first| first == 1) && items.iter().all(|item| is_tight(item))
        }
        _ => false,
    }
}

/// Appends code between backticks. Each delimiter is longer than any run of backticks within the code.
pub(crate) fn code<F: Flavor>(out: Markup<CommonMark<F>>, text: &str) -> Markup<CommonMark<F>> {
    if text.trim().is_empty() {
        return out.text(text);
    }
    let fence = if text.contains('`') { longest_run(text) + 1 } else { 1 };
    let pad = text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']);
    let pad = if pad { " " } else { "" };
    out.repeat('`', fence).raw(pad).inert(text).raw(pad).repeat('`', fence)
}

/// Appends a link destination. Escapes parentheses, which would end the destination, and possible character references.
fn destination<F: Flavor>(out: Markup<CommonMark<F>>, address: &str) -> Markup<CommonMark<F>> {
    let mut escaped = String::with_capacity(address.len());
    for (at, ch) in address.char_indices() {
        if matches!(ch, '(' | ')') || (ch == '&' && starts_reference(&address[at..])) {
            escaped.push('\\');
        }
        escaped.push(ch);
    }
    out.inert(&escaped)
}
