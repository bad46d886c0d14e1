//! Markup that is safe in its medium, and documents that consist of such markup.
//!
//! **Invariant:** a [`Markup`] holds only syntax from this crate and text that its dialect has escaped. A [`Doc`] takes
//! only markup of its own dialect, so that no string reaches an output without escaping.

use std::fmt::Write as _;
use std::marker::PhantomData;

/// The escaping rules of a medium.
pub(crate) trait Dialect {
    /// Appends text, escaped so that readers of the medium see it unchanged. Which characters need escaping depends on
    /// the output so far.
    fn text(out: &mut String, text: &str);
    /// Appends text, escaped for an attribute value in double quotes.
    fn attribute(out: &mut String, text: &str);
}

/// Returns whether the output's last line is still blank. If it is, a list or heading marker would be read as syntax.
pub(crate) fn begins_line(out: &str) -> bool {
    out.chars().rev().take_while(|ch| *ch != '\n').all(char::is_whitespace)
}

/// Markup that is safe in a dialect.
pub(crate) struct Markup<D> {
    out: String,
    dialect: PhantomData<D>,
}

impl<D: Dialect> Markup<D> {
    /// Creates empty markup.
    pub(crate) const fn new() -> Self {
        Self { out: String::new(), dialect: PhantomData }
    }

    /// Creates markup from the crate's own syntax.
    pub(crate) fn syntax(syntax: &'static str) -> Self {
        Self { out: syntax.to_owned(), dialect: PhantomData }
    }

    /// Creates markup by escaping text.
    pub(crate) fn of(text: &str) -> Self {
        Self::new().text(text)
    }

    /// Appends the crate's own syntax.
    #[must_use]
    pub(crate) fn raw(mut self, syntax: &'static str) -> Self {
        self.out.push_str(syntax);
        self
    }

    /// Appends a syntax character several times.
    #[must_use]
    pub(crate) fn repeat(mut self, syntax: char, times: usize) -> Self {
        self.out.extend(std::iter::repeat_n(syntax, times));
        self
    }

    /// Appends text, escaped.
    #[must_use]
    pub(crate) fn text(mut self, text: &str) -> Self {
        self.out.reserve(text.len() + 16);
        D::text(&mut self.out, text);
        self
    }

    /// Appends a space and an attribute.
    #[must_use]
    pub(crate) fn attribute(mut self, name: &'static str, value: &str) -> Self {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        D::attribute(&mut self.out, value);
        self.out.push('"');
        self
    }

    /// Appends a number.
    #[must_use]
    pub(crate) fn number(mut self, number: u64) -> Self {
        let _ = write!(self.out, "{number}");
        self
    }

    /// Appends other markup.
    #[must_use]
    pub(crate) fn then(mut self, other: &Self) -> Self {
        self.out.push_str(&other.out);
        self
    }

    /// Appends text without escaping. The caller guarantees that no character in the text would be read as syntax at
    /// this position.
    #[must_use]
    pub(crate) fn inert(mut self, text: &str) -> Self {
        self.out.push_str(text);
        self
    }

    /// Returns the markup written so far.
    pub(crate) fn as_str(&self) -> &str {
        &self.out
    }
}

/// A document that consists of lines, indented according to the open elements.
pub(crate) struct Doc<D> {
    out: String,
    indent: usize,
    /// The list marker to write at the end of the next line's indentation.
    lead: String,
    gap: bool,
    dialect: PhantomData<D>,
}

impl<D: Dialect> Doc<D> {
    /// Creates an empty document.
    pub(crate) fn new() -> Self {
        Self {
            // A typical guide's page fits into this capacity without reallocation.
            out: String::with_capacity(16 << 10),
            indent: 0,
            lead: String::new(),
            gap: false,
            dialect: PhantomData,
        }
    }

    /// Writes the markup as one line, or as several if it has line breaks.
    pub(crate) fn line(&mut self, markup: &Markup<D>) {
        if std::mem::take(&mut self.gap) {
            self.out.push('\n');
        }
        for (n, line) in markup.out.split('\n').enumerate() {
            if n == 0 {
                let lead = std::mem::take(&mut self.lead);
                let indent = self.indent.saturating_sub(lead.chars().count());
                let begin = self.out.len();
                self.out.extend(std::iter::repeat_n(' ', indent));
                self.out.push_str(&lead);
                if line.is_empty() {
                    self.out.truncate(begin + self.out[begin..].trim_end().len());
                }
            } else if !line.is_empty() {
                self.out.extend(std::iter::repeat_n(' ', self.indent));
            }
            self.out.push_str(line);
            self.out.push('\n');
        }
    }

    /// Writes a line that consists of the crate's own syntax.
    pub(crate) fn raw(&mut self, syntax: &'static str) {
        self.line(&Markup::syntax(syntax));
    }

    /// Requests a blank line, which is written only if another line follows at this level.
    pub(crate) fn gap(&mut self) {
        self.gap = true;
    }

    /// Writes an opening line and indents the lines that follow.
    pub(crate) fn open(&mut self, markup: &Markup<D>) {
        self.line(markup);
        self.indent += 2;
    }

    /// Ends the indentation and writes a closing line. Drops a requested blank line.
    pub(crate) fn close(&mut self, syntax: &'static str) {
        self.gap = false;
        self.indent = self.indent.saturating_sub(2);
        self.raw(syntax);
    }

    /// Ends the indentation, and writes a blank line and a closing line.
    pub(crate) fn close_after_gap(&mut self, syntax: &'static str) {
        self.indent = self.indent.saturating_sub(2);
        self.gap = true;
        self.raw(syntax);
    }

    /// Begins a list item: the marker begins its first line, and the other lines align with the first line's text.
    pub(crate) fn open_item(&mut self, mark: &Markup<D>) {
        if std::mem::take(&mut self.gap) {
            self.out.push('\n');
        }
        self.lead.push_str(&mark.out);
        self.indent += mark.out.chars().count();
    }

    /// Ends the list item that this marker began.
    pub(crate) fn close_item(&mut self, mark: &Markup<D>) {
        if !self.lead.is_empty() {
            self.line(&Markup::new());
        }
        self.indent -= mark.out.chars().count();
    }

    /// Returns the document as a string.
    pub(crate) fn into_string(self) -> String {
        self.out
    }
}
