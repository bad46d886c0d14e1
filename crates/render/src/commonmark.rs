//! `CommonMark`, plain or within MDX.
//!
//! **Invariant:** read by [CommonMark 0.31](https://spec.commonmark.org/0.31.2/), what is written gives back the
//! texts of the tree; within MDX no text is read as a tag, an expression or code.

mod lists;

use std::marker::PhantomData;

use crate::href::Href;
use crate::markup::{Dialect, Doc, Markup, begins_line};
use crate::page::{Block, FormField, Inline};
use crate::wording;

/// What differs between the two.
pub(crate) trait Flavor {
    /// Whether it is read by MDX.
    const MDX: bool;
}

/// Plain.
pub(crate) struct Plain;
/// Within MDX.
pub(crate) struct Mdx;

impl Flavor for Plain {
    const MDX: bool = false;
}
impl Flavor for Mdx {
    const MDX: bool = true;
}

/// Text in `CommonMark`.
pub(crate) struct CommonMark<F>(PhantomData<F>);

impl<F: Flavor> Dialect for CommonMark<F> {
    fn text(out: &mut String, text: &str) {
        let line_start = begins_line(out);
        let text = if line_start { text.trim_start() } else { text };
        // What is copied so far; most of a text means nothing and is copied as it is.
        let mut done = 0;
        if F::MDX && line_start && (text.starts_with("import") || text.starts_with("export")) {
            // A line that begins so is code in MDX, and a letter cannot be escaped otherwise.
            out.push_str(if text.starts_with('i') { "&#x69;" } else { "&#x65;" });
            done = 1;
        }
        for (at, byte) in text.bytes().enumerate().skip(done).filter(|(_, byte)| may_be_active(*byte)) {
            out.push_str(&text[done..at]);
            done = at;
            let ch = char::from(byte);
            let here = Here { before: out.chars().next_back(), text, at, line_start };
            if here.is_active(ch) || (F::MDX && (matches!(ch, '{' | '}' | '$') || here.starts_address(ch))) {
                out.push('\\');
            }
        }
        out.push_str(&text[done..]);
    }

    fn attribute(out: &mut String, text: &str) {
        for (at, ch) in text.char_indices() {
            match ch {
                '"' => out.push_str("&quot;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '{' => out.push_str("&#x7b;"),
                '}' => out.push_str("&#x7d;"),
                '&' if starts_reference(&text[at..]) => out.push_str("&amp;"),
                _ => out.push(ch),
            }
        }
    }
}

/// A character and what stands around it.
struct Here<'t> {
    before: Option<char>,
    text: &'t str,
    at: usize,
    line_start: bool,
}

impl Here<'_> {
    /// Whether the character would be more than itself.
    fn is_active(&self, ch: char) -> bool {
        let after = self.text[self.at + ch.len_utf8()..].chars().next();
        let is = |ch: Option<char>, test: fn(char) -> bool| ch.is_some_and(test);
        match ch {
            '`' | '[' | ']' | '<' | '~' => true,
            '\\' => after.is_none_or(|next| next.is_ascii_punctuation()),
            '&' => starts_reference(&self.text[self.at..]),
            '*' => {
                self.at_line_start()
                    || !(is(self.before, char::is_whitespace) && is(after, char::is_whitespace))
            }
            '_' => !(is(self.before, char::is_alphanumeric) && is(after, char::is_alphanumeric)),
            '#' | '>' | '+' | '-' | '=' | '|' | ':' => self.at_line_start(),
            '.' | ')' => {
                let number = &self.text[..self.at];
                self.line_start
                    && (1..=9).contains(&number.len())
                    && number.bytes().all(|b| b.is_ascii_digit())
            }
            _ => false,
        }
    }

    fn at_line_start(&self) -> bool {
        self.line_start && self.at == 0
    }

    /// Whether Mintlify's Markdown would make a link of what stands here. Such a link takes everything up to white
    /// space, backslashes too, so that what they escape would be active again.
    fn starts_address(&self, ch: char) -> bool {
        let (before, after) = (&self.text[..self.at], &self.text[self.at + ch.len_utf8()..]);
        match ch {
            ':' => after.starts_with("//"),
            '@' => true,
            '.' => before.len() >= 3 && before.as_bytes()[self.at - 3..].eq_ignore_ascii_case(b"www"),
            _ => false,
        }
    }
}

/// Whether a character, all of which are of ASCII, has a meaning anywhere.
fn may_be_active(byte: u8) -> bool {
    byte.is_ascii_punctuation()
        && !matches!(byte, b'"' | b'\'' | b',' | b'/' | b';' | b'?' | b'!' | b'%' | b'^' | b'(')
}

/// Whether a text begins with what could be a character reference.
pub(crate) fn starts_reference(text: &str) -> bool {
    let rest = text.strip_prefix('&').unwrap_or_default();
    let rest = rest.strip_prefix('#').unwrap_or(rest);
    let name = rest.find(|ch: char| !ch.is_ascii_alphanumeric()).unwrap_or(rest.len());
    name > 0 && rest[name..].starts_with(';')
}

/// How long a fence must be so that the code does not end it.
pub(crate) fn fence(code: &str) -> usize {
    longest_run(code).max(2) + 1
}

fn longest_run(code: &str) -> usize {
    code.split(|ch| ch != '`').map(str::len).max().unwrap_or_default()
}

/// A heading: number signs at the end of its text would be taken for decoration.
pub(crate) fn heading<D: Dialect>(mark: Markup<D>, text: &str) -> Markup<D> {
    let body = text.trim_end_matches('#');
    let signs = text.len() - body.len();
    let line = mark.raw(" ").text(body);
    if signs == 0 { line } else { line.raw("\\").repeat('#', signs) }
}

/// Where links to places of this page lead.
pub(crate) trait Places {
    /// The address of the place, if this medium has one.
    fn place(&self, href: &Href) -> Option<Href>;
}

/// A writer of blocks: a document, and where its links lead.
pub(crate) struct Blocks<'p, F, P> {
    pub(crate) doc: Doc<CommonMark<F>>,
    pub(crate) places: &'p P,
}

impl<F: Flavor, P: Places> Blocks<'_, F, P> {
    /// Blocks, each with an empty line after it.
    pub(crate) fn blocks(&mut self, list: &[Block]) {
        // Two lists in a row would be one; the other kind of mark keeps them apart.
        let mut other = false;
        for (n, block) in list.iter().enumerate() {
            let follows = |before: &Block| matches!(before, Block::List { .. } | Block::Form(_));
            other = n > 0 && follows(&list[n - 1]) && !other;
            self.block(block, other);
            self.doc.gap();
        }
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
                    self.item(&mark, item, tight);
                }
            }
            Block::Code { language, text } => {
                let fence = fence(text);
                self.doc
                    .line(&Markup::new().repeat('`', fence).inert(language.as_deref().unwrap_or_default()));
                self.doc.line(&Markup::new().inert(text.trim_end_matches('\n')));
                self.doc.line(&Markup::new().repeat('`', fence));
            }
            Block::Form(fields) => fields.iter().for_each(|field| self.form_field(field)),
        }
    }

    fn item(&mut self, mark: &Markup<CommonMark<F>>, item: &[Block], tight: bool) {
        self.item_of(mark, |inner| {
            if tight {
                for block in item {
                    inner.block(block, false);
                }
            } else {
                inner.blocks(item);
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
        self.doc.item(&Markup::syntax("- "), |doc| doc.line(&line));
    }

    /// Running text, added to what stands on the line.
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
                // Right before a link it would make an image of it.
                Some(front) => out.text(front).raw("\\!"),
                None => out.text(text),
            },
            Inline::Code(text) => code(out, text),
            Inline::Strong(content) => self.marked(out, "**", "<strong>", "</strong>", content, after),
            Inline::Path(names) => {
                let content = [Inline::Text(names.join(" > "))];
                self.marked(out, "**", "<strong>", "</strong>", &content, after)
            }
            Inline::Emphasis(content) => {
                let apart =
                    |ch: Option<char>| ch.is_none_or(|ch| ch.is_whitespace() || ch.is_ascii_punctuation());
                let before = out.as_str().chars().next_back();
                let mark = if apart(before) && apart(after) { "_" } else { "*" };
                self.marked(out, mark, "<em>", "</em>", content, after)
            }
            Inline::Placeholder(name) => out.text(&wording::placeholder(name)),
            Inline::Link { href, content } => match self.places.place(href) {
                Some(href) => {
                    let out = self.run(out.raw("["), content, Some(']')).raw("](");
                    destination(out, href.as_str()).raw(")")
                }
                None => self.run(out, content, after),
            },
            Inline::Image { source, text } => {
                destination(out.raw("![").text(text).raw("]("), source.as_str()).raw(")")
            }
            Inline::SoftBreak => out.raw(" "),
            Inline::HardBreak if F::MDX => out.raw("<br />"),
            Inline::HardBreak => out.raw("\\\n"),
        }
    }

    /// Text between marks, where the marks would be read as such; else between tags or, without tags, as it is.
    fn marked(
        &self,
        out: Markup<CommonMark<F>>,
        mark: &'static str,
        open: &'static str,
        close: &'static str,
        content: &[Inline],
        after: Option<char>,
    ) -> Markup<CommonMark<F>> {
        let (Some(first), Some(last)) = (first_char(content), last_char(content)) else { return out };
        let before = out.as_str().chars().next_back();
        let outside = |ch: Option<char>| ch.is_none_or(|ch| ch.is_whitespace() || ch.is_ascii_punctuation());
        let flanks = |inner: char, outer: Option<char>| {
            !inner.is_whitespace() && (inner.is_alphanumeric() || outside(outer))
        };
        // A mark right beside another of its kind would run into it.
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

/// The first character that is written for these, or one of its kind.
fn first_char(list: &[Inline]) -> Option<char> {
    list.iter().find_map(|inline| match inline {
        Inline::Text(text) => text.chars().next(),
        Inline::Code(_) => Some('`'),
        Inline::Strong(_) | Inline::Emphasis(_) | Inline::Path(_) => Some('*'),
        Inline::Placeholder(_) => Some('\u{2039}'),
        Inline::Link { content, .. } => first_char(content).map(|_| '['),
        Inline::Image { .. } => Some('!'),
        Inline::SoftBreak | Inline::HardBreak => Some(' '),
    })
}

fn last_char(list: &[Inline]) -> Option<char> {
    list.iter().rev().find_map(|inline| match inline {
        Inline::Text(text) => text.chars().next_back(),
        Inline::Code(_) => Some('`'),
        Inline::Strong(_) | Inline::Emphasis(_) | Inline::Path(_) => Some('*'),
        Inline::Placeholder(_) => Some('\u{203a}'),
        Inline::Link { content, .. } => last_char(content).map(|_| ')'),
        Inline::Image { .. } => Some(')'),
        Inline::SoftBreak | Inline::HardBreak => Some(' '),
    })
}

/// Whether an item stands on lines that follow one another: one paragraph, and at most a list below it.
fn is_tight(item: &[Block]) -> bool {
    match item {
        [Block::Paragraph(_) | Block::Form(_)] | [Block::Paragraph(_), Block::Form(_)] => true,
        [Block::Paragraph(_), Block::List { items, first }] => {
            // Only a list from one can follow a paragraph without an empty line.
            first.is_none_or(|first| first == 1) && items.iter().all(|item| is_tight(item))
        }
        _ => false,
    }
}

/// Code between backticks, more of them than it holds.
pub(crate) fn code<F: Flavor>(out: Markup<CommonMark<F>>, text: &str) -> Markup<CommonMark<F>> {
    if text.trim().is_empty() {
        return out.text(text);
    }
    let fence = if text.contains('`') { longest_run(text) + 1 } else { 1 };
    let pad = text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']);
    let pad = if pad { " " } else { "" };
    out.repeat('`', fence).raw(pad).inert(text).raw(pad).repeat('`', fence)
}

/// An address with its parentheses escaped, which would else end it, and what could be a character reference.
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

#[cfg(test)]
mod tests;
