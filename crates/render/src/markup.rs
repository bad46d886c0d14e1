//! Text that is safe in its medium, and documents made of nothing else.
//!
//! **Invariant:** a [`Markup`] holds syntax that was written in this crate, and texts that went through its
//! dialect's escaping. A [`Doc`] takes only markup of its own dialect, so that a string cannot reach an output as
//! it is.

use std::fmt::Write as _;
use std::marker::PhantomData;

/// How texts are escaped in a medium.
pub(crate) trait Dialect {
    /// Appends a text so that it is read as that text. What was written before decides what is active.
    fn text(out: &mut String, text: &str);
    /// Appends a text as the value of an attribute, between double quotes.
    fn attribute(out: &mut String, text: &str);
}

/// Whether nothing but white space stands on the line so far: then marks of lists and headings are active.
pub(crate) fn begins_line(out: &str) -> bool {
    out.chars().rev().take_while(|ch| *ch != '\n').all(char::is_whitespace)
}

/// Text that is safe in a dialect.
pub(crate) struct Markup<D> {
    out: String,
    dialect: PhantomData<D>,
}

impl<D: Dialect> Markup<D> {
    /// Nothing yet.
    pub(crate) const fn new() -> Self {
        Self { out: String::new(), dialect: PhantomData }
    }

    /// Our own syntax.
    pub(crate) fn syntax(syntax: &'static str) -> Self {
        Self { out: syntax.to_owned(), dialect: PhantomData }
    }

    /// A text.
    pub(crate) fn of(text: &str) -> Self {
        Self::new().text(text)
    }

    /// Adds our own syntax.
    #[must_use]
    pub(crate) fn raw(mut self, syntax: &'static str) -> Self {
        self.out.push_str(syntax);
        self
    }

    /// Adds the same syntax several times.
    #[must_use]
    pub(crate) fn repeat(mut self, syntax: char, times: usize) -> Self {
        self.out.extend(std::iter::repeat_n(syntax, times));
        self
    }

    /// Adds a text.
    #[must_use]
    pub(crate) fn text(mut self, text: &str) -> Self {
        self.out.reserve(text.len() + 16);
        D::text(&mut self.out, text);
        self
    }

    /// Adds an attribute, with a space before it.
    #[must_use]
    pub(crate) fn attribute(mut self, name: &'static str, value: &str) -> Self {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        D::attribute(&mut self.out, value);
        self.out.push('"');
        self
    }

    /// Adds a number.
    #[must_use]
    pub(crate) fn number(mut self, number: u64) -> Self {
        let _ = write!(self.out, "{number}");
        self
    }

    /// Adds what is safe already.
    #[must_use]
    pub(crate) fn then(mut self, other: &Self) -> Self {
        self.out.push_str(&other.out);
        self
    }

    /// Adds letters for which the caller vouches: they have no meaning where they stand.
    #[must_use]
    pub(crate) fn inert(mut self, text: &str) -> Self {
        self.out.push_str(text);
        self
    }

    /// What was written so far.
    pub(crate) fn as_str(&self) -> &str {
        &self.out
    }
}

/// A document of lines, indented by what stands open.
pub(crate) struct Doc<D> {
    out: String,
    indent: usize,
    /// Stands at the end of the next line's indentation: the mark of a list item.
    lead: String,
    gap: bool,
    dialect: PhantomData<D>,
}

impl<D: Dialect> Doc<D> {
    /// An empty document.
    pub(crate) fn new() -> Self {
        // A page of a usual guide.
        Self {
            out: String::with_capacity(16 << 10),
            indent: 0,
            lead: String::new(),
            gap: false,
            dialect: PhantomData,
        }
    }

    /// A line, or several where the markup has line breaks.
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

    /// A line of our own.
    pub(crate) fn raw(&mut self, syntax: &'static str) {
        self.line(&Markup::syntax(syntax));
    }

    /// An empty line, if anything follows beside what was written.
    pub(crate) fn gap(&mut self) {
        self.gap = true;
    }

    /// A line that opens something; what follows is indented.
    pub(crate) fn open(&mut self, markup: &Markup<D>) {
        self.line(markup);
        self.indent += 2;
    }

    /// A line that closes what was opened.
    pub(crate) fn close(&mut self, syntax: &'static str) {
        self.gap = false;
        self.indent = self.indent.saturating_sub(2);
        self.raw(syntax);
    }

    /// The same, after an empty line.
    pub(crate) fn close_apart(&mut self, syntax: &'static str) {
        self.indent = self.indent.saturating_sub(2);
        self.gap = true;
        self.raw(syntax);
    }

    /// An item whose first line begins with a mark and whose others stand under its text.
    pub(crate) fn item(&mut self, mark: &Markup<D>, content: impl FnOnce(&mut Self)) {
        if std::mem::take(&mut self.gap) {
            self.out.push('\n');
        }
        let width = mark.out.chars().count();
        self.lead.push_str(&mark.out);
        self.indent += width;
        content(self);
        if !self.lead.is_empty() {
            self.line(&Markup::new());
        }
        self.indent -= width;
    }

    /// The document.
    pub(crate) fn into_string(self) -> String {
        self.out
    }
}
