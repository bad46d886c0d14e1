//! A file's text, and locations in the text.
//!
//! **Invariant:** a [`Span`] is a range of bytes that begins and ends at character boundaries in the source's text.
//! Lines and columns are computed only when they are shown.

use std::ops::Range;

/// A byte-order mark.
const MARK: char = '\u{feff}';

/// A named piece of text, usually the contents of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The name used in messages: the path as the user wrote it.
    pub name: String,
    /// The text, without a byte-order mark.
    pub text: String,
    /// Whether the file begins with a byte-order mark, which an edited file keeps.
    pub has_mark: bool,
}

/// A range of bytes in a [`Source`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The offset of the first byte.
    pub start: usize,
    /// The offset immediately after the last byte.
    pub end: usize,
}

/// A location as shown to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line number, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
}

impl Span {
    /// Creates the span from `start` up to, but not including, `end`.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// Returns the span as a range of bytes.
    pub const fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

impl Source {
    /// Creates a source with this name and text. A byte-order mark at the start is removed.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text: String = text.into();
        let unmarked = text.strip_prefix(MARK).map(str::to_owned);
        let has_mark = unmarked.is_some();
        Self { name: name.into(), text: unmarked.unwrap_or(text), has_mark }
    }

    /// Returns the contents that the file would have with this text: the text, after the byte-order mark if it has one.
    pub fn file_with(&self, text: &str) -> String {
        if self.has_mark { format!("{MARK}{text}") } else { text.to_owned() }
    }

    /// Converts an offset in the text to an offset in the file, which can begin with a byte-order mark.
    pub const fn offset_in_file(&self, offset: usize) -> usize {
        if self.has_mark { offset + MARK.len_utf8() } else { offset }
    }

    /// Returns the line and column of a byte offset. An offset beyond the end is treated as the end.
    pub fn place(&self, offset: usize) -> Place {
        let before = &self.text[..self.floor(offset)];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Place {
            line: before.bytes().filter(|&b| b == b'\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    /// Returns the line that contains the byte at this offset, without its line break.
    pub fn line(&self, offset: usize) -> Span {
        let offset = self.floor(offset);
        let start = self.text[..offset].rfind('\n').map_or(0, |at| at + 1);
        let end = self.text[offset..].find('\n').map_or(self.text.len(), |at| offset + at);
        Span::new(start, end)
    }

    /// Returns the text in a span.
    pub fn slice(&self, span: Span) -> &str {
        &self.text[self.floor(span.start)..self.floor(span.end.max(span.start))]
    }

    /// Finds the location of a part of a scalar's content.
    ///
    /// The content of a block or quoted scalar differs from the bytes in the file. This function therefore searches the
    /// file for the same occurrence of the part. If an escape or a folded line changes how the part is written, the
    /// result is the first line of the scalar. The search takes time proportional to the scalar's length.
    pub fn within(&self, scalar: Span, content: &str, part: Range<usize>) -> Span {
        let raw = self.slice(scalar);
        let Some(needle) = content.get(part.clone()).filter(|needle| !needle.is_empty()) else {
            return self.first_line(scalar);
        };
        let nth = content[..part.start].matches(needle).count();
        match raw.match_indices(needle).nth(nth) {
            Some((at, _)) => Span::new(scalar.start + at, scalar.start + at + needle.len()),
            None => self.first_line(scalar),
        }
    }

    /// Returns the span up to its first line break, so that a caret marks a single line.
    pub fn first_line(&self, span: Span) -> Span {
        let text = self.slice(span);
        let end = text.find('\n').unwrap_or(text.len());
        Span::new(span.start, span.start + text[..end].trim_end().len())
    }

    fn floor(&self, offset: usize) -> usize {
        self.text.floor_char_boundary(offset.min(self.text.len()))
    }
}

/// Finds the locations of a scalar's references, in order.
///
/// The content of a block or quoted scalar differs from the bytes in the file. Braces are the same in both, so a single
/// pass over the file's bytes finds all references.
pub(crate) struct Braces<'s> {
    source: &'s Source,
    scalar: Span,
    at: usize,
}

impl<'s> Braces<'s> {
    pub(crate) fn new(source: &'s Source, scalar: Span) -> Self {
        Self { source, scalar, at: source.floor(scalar.start) }
    }

    /// Returns the location of the next occurrence of `braces`, and moves past it.
    pub(crate) fn skip(&mut self, braces: &str) -> Span {
        match self.rest().find(braces) {
            Some(n) => {
                let start = self.at + n;
                self.at = start + braces.len();
                Span::new(start, self.at)
            }
            // The braces are written as an escape sequence, so later braces cannot be located either.
            None => {
                self.at = self.scalar.end;
                self.source.first_line(self.scalar)
            }
        }
    }

    /// Moves past the next `{{ … }}`, and returns its location up to the end of its first line.
    pub(crate) fn reference(&mut self) -> Span {
        let open = self.skip("{{");
        let Some(n) = self.rest().find("}}") else { return open };
        self.at += n + 2;
        self.source.first_line(Span::new(open.start, self.at))
    }

    fn rest(&self) -> &'s str {
        self.source.slice(Span::new(self.at, self.scalar.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters_from_one() {
        let source = Source::new("x", "aé\nbcd");
        assert_eq!(source.place(0), Place { line: 1, column: 1 });
        assert_eq!(source.place(3), Place { line: 1, column: 3 });
        assert_eq!(source.place(6), Place { line: 2, column: 3 });
        assert_eq!(source.place(999), Place { line: 2, column: 4 });
    }

    #[test]
    fn a_part_of_a_block_is_found_at_its_own_occurrence() {
        let source = Source::new("x", "body: |\n  one {{ a }}\n  two {{ a }}\n");
        let content = "one {{ a }}\ntwo {{ a }}\n";
        let second = content.rfind("{{ a }}").expect("there");
        let span = source.within(Span::new(6, source.text.len()), content, second..second + 7);
        assert_eq!(source.place(span.start), Place { line: 3, column: 7 });
    }
}
