//! Escapes text in `CommonMark`, plain or within MDX.

use std::marker::PhantomData;

use crate::markup::{Dialect, Doc, Markup, begins_line};

/// The flavor of `CommonMark`.
pub(crate) trait Flavor {
    /// Whether MDX parses the text.
    const MDX: bool;
}

/// Plain `CommonMark`.
pub(crate) struct Plain;
/// `CommonMark` within MDX.
pub(crate) struct Mdx;

impl Flavor for Plain {
    const MDX: bool = false;
}
impl Flavor for Mdx {
    const MDX: bool = true;
}

/// The dialect for a `CommonMark` flavor.
pub(crate) struct CommonMark<F>(PhantomData<F>);

impl<F: Flavor> Dialect for CommonMark<F> {
    fn text(out: &mut String, text: &str) {
        let line_start = begins_line(out);
        let text = if line_start { text.trim_start() } else { text };
        // The length copied so far. Most text contains no characters that need escaping and is copied unchanged.
        let mut done = 0;
        if F::MDX && line_start && (text.starts_with("import") || text.starts_with("export")) {
            // MDX reads such a line as code. A character reference is the only way to escape a letter.
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

/// A character and its surroundings.
struct Here<'t> {
    before: Option<char>,
    text: &'t str,
    at: usize,
    line_start: bool,
}

impl Here<'_> {
    /// Returns whether `CommonMark` would read the character as syntax.
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

    /// Returns whether Mintlify's Markdown would recognize the beginning of a link here. Such a link extends to the
    /// next white space and includes backslashes, so a character after a backslash would be read as syntax despite the
    /// escape.
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

/// Returns whether a character is syntax in at least one context. All such characters are ASCII.
fn may_be_active(byte: u8) -> bool {
    byte.is_ascii_punctuation()
        && !matches!(byte, b'"' | b'\'' | b',' | b'/' | b';' | b'?' | b'!' | b'%' | b'^' | b'(')
}

/// Returns whether text begins with a possible character reference.
pub(crate) fn starts_reference(text: &str) -> bool {
    let rest = text.strip_prefix('&').unwrap_or_default();
    let rest = rest.strip_prefix('#').unwrap_or(rest);
    let name = rest.find(|ch: char| !ch.is_ascii_alphanumeric()).unwrap_or(rest.len());
    name > 0 && rest[name..].starts_with(';')
}

/// Writes a code block between fences that are longer than any run of backticks in the code. Nothing needs escaping: a
/// language name has only letters, digits and a few punctuation characters, and text between fences is not parsed.
pub(crate) fn code_block<D: Dialect>(doc: &mut Doc<D>, language: Option<&str>, code: &str) {
    let fence = longest_run(code).max(2) + 1;
    doc.line(&Markup::new().repeat('`', fence).inert(language.unwrap_or_default()));
    doc.line(&Markup::new().inert(code.trim_end_matches('\n')));
    doc.line(&Markup::new().repeat('`', fence));
}

pub(super) fn longest_run(code: &str) -> usize {
    code.split(|ch| ch != '`').map(str::len).max().unwrap_or_default()
}

/// Appends a heading. Number signs at the end of its text are escaped, because Markdown would drop them.
pub(crate) fn heading<D: Dialect>(mark: Markup<D>, text: &str) -> Markup<D> {
    let body = text.trim_end_matches('#');
    let signs = text.len() - body.len();
    let line = mark.raw(" ").text(body);
    if signs == 0 { line } else { line.raw("\\").repeat('#', signs) }
}
