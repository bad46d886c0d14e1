//! A guide's text, and places in it.
//!
//! **Invariant:** a [`Span`] is a byte range on character boundaries of the text it was made for; lines and
//! columns are worked out only when one is shown.

use std::ops::Range;

/// A named text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What to call it: a path, as the person running the program would write it.
    pub name: String,
    /// The text, without a byte-order mark.
    pub text: String,
}

/// A range of bytes in a [`Source`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

/// A place as people write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
}

impl Span {
    /// A span of these bytes.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The bytes as a range.
    pub const fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

impl Source {
    /// A source with this name and text; a byte-order mark is dropped.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text: String = text.into();
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        Self { name: name.into(), text }
    }

    /// The line and column at which a byte stands.
    pub fn place(&self, offset: usize) -> Place {
        let before = &self.text[..self.floor(offset)];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Place {
            line: before.bytes().filter(|&b| b == b'\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    /// The text of a span.
    pub fn slice(&self, span: Span) -> &str {
        &self.text[self.floor(span.start)..self.floor(span.end.max(span.start))]
    }

    /// Where a part of a scalar's content stands in the text.
    ///
    /// The content of a block or quoted scalar is not the bytes of the file. The part is looked for in the
    /// scalar's bytes, the same occurrence in both; where it cannot be found as written (an escape, a folded
    /// line) the first line of the scalar stands for it. It takes time in proportion to the scalar.
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

    /// The span cut at its first line break, so that a caret line never spans a page.
    pub fn first_line(&self, span: Span) -> Span {
        let text = self.slice(span);
        let end = text.find('\n').unwrap_or(text.len());
        Span::new(span.start, span.start + text[..end].trim_end().len())
    }

    fn floor(&self, offset: usize) -> usize {
        self.text.floor_char_boundary(offset.min(self.text.len()))
    }
}

/// Finds the references of a scalar in its bytes, one after the other.
///
/// The content of a block or quoted scalar is not the bytes of the file, but braces are braces in both; so the
/// places of all references together cost one pass over the scalar.
pub(crate) struct Braces<'s> {
    source: &'s Source,
    scalar: Span,
    at: usize,
}

impl<'s> Braces<'s> {
    pub(crate) fn new(source: &'s Source, scalar: Span) -> Self {
        Self { source, scalar, at: source.floor(scalar.start) }
    }

    /// The next place of these braces.
    pub(crate) fn skip(&mut self, braces: &str) -> Span {
        match self.rest().find(braces) {
            Some(n) => {
                let start = self.at + n;
                self.at = start + braces.len();
                Span::new(start, self.at)
            }
            // An escape in the file hides them, and after it places can no longer be told.
            None => {
                self.at = self.scalar.end;
                self.source.first_line(self.scalar)
            }
        }
    }

    /// The next place of `{{ … }}`, as far as its first line goes.
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
    fn a_part_of_a_block_is_found_where_it_stands() {
        let source = Source::new("x", "body: |\n  one {{ a }}\n  two {{ a }}\n");
        let content = "one {{ a }}\ntwo {{ a }}\n";
        let second = content.rfind("{{ a }}").expect("there");
        let span = source.within(Span::new(6, source.text.len()), content, second..second + 7);
        assert_eq!(source.place(span.start), Place { line: 3, column: 7 });
    }
}
