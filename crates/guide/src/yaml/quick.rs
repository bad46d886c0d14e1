//! The YAML that nearly every guide is written in, read without the parser.
//!
//! The parser takes longer for a guide than all that is done with it afterwards. So a text is read here first:
//! mappings, lists, texts on one line, blocks, and flow collections on one line. **Whatever this
//! reader is not sure of it leaves to the parser**, errors above all: it never says what is wrong, and a tree that
//! it gives is the parser's, place by place. Debug builds hold the two against each other, so each test and each
//! fuzz run does.

use super::plain;
use crate::node::{Entry, Kind, Node};
use crate::source::Span;

/// So many levels are read; a guide has about ten.
const MAX_DEPTH: usize = 24;
/// So many values are read; a guide has some hundreds.
const MAX_NODES: usize = 10_000;
/// So many bytes a key has; the parser takes none of more than 1 024 characters.
const MAX_KEY: usize = 1_000;

/// The tree of a text, if all of it is of the plain sort.
pub(super) fn read(text: &str) -> Option<Node> {
    // A byte of 0xef begins what some readers take for nothing: a byte-order mark, a noncharacter.
    if !text.ends_with('\n') || text.bytes().any(|byte| matches!(byte, b'\t' | b'\r' | 0xef)) {
        return None;
    }
    let mut reader = Reader { text, at: 0, column: None, nodes: 0, depth: 0 };
    reader.next_content();
    let root = if reader.column? == 0 { reader.mapping(0)? } else { return None };
    reader.column.is_none().then_some(root)
}

/// After a key and after a list's dash the reader stands behind it; after a value, at the next content.
struct Reader<'t> {
    text: &'t str,
    at: usize,
    /// The column of the content at `at`, none at the end of the text: how blocks know that they end.
    column: Option<usize>,
    nodes: usize,
    depth: usize,
}

impl Reader<'_> {
    /// The byte here. The text ends with a line break, and so does what lies behind it.
    fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(b'\n')
    }

    fn line_end(&self) -> usize {
        self.text[self.at..].find('\n').map_or(self.text.len(), |n| self.at + n)
    }

    fn skip_spaces(&mut self) {
        while self.byte() == b' ' {
            self.at += 1;
        }
    }

    /// From the start of a line to the next content, over blank lines and comments.
    fn next_content(&mut self) {
        while self.at < self.text.len() {
            let start = self.at;
            self.skip_spaces();
            match self.byte() {
                b'\n' => self.at += 1,
                b'#' => self.at = self.line_end() + 1,
                _ => {
                    self.column = Some(self.at - start);
                    return;
                }
            }
        }
        self.column = None;
    }

    /// From behind a value to the next content; none if the line goes on.
    fn end_line(&mut self) -> Option<()> {
        let start = self.at;
        self.skip_spaces();
        match self.byte() {
            b'\n' => {}
            b'#' if self.at > start => self.at = self.line_end(),
            _ => return None,
        }
        self.at += 1;
        self.next_content();
        Some(())
    }

    fn node(&mut self, kind: Kind, span: Span) -> Option<Node> {
        self.nodes += 1;
        (self.nodes <= MAX_NODES).then_some(Node { kind, span })
    }

    fn deeper(&mut self, read: impl FnOnce(&mut Self) -> Option<Node>) -> Option<Node> {
        self.depth += 1;
        let node = if self.depth <= MAX_DEPTH { read(self)? } else { return None };
        self.depth -= 1;
        Some(node)
    }

    /// A key with its colon, and behind it a space or the end of the line.
    fn key(&mut self) -> Option<(String, Span)> {
        let (key, span) = match self.byte() {
            b'\'' | b'"' => self.quoted()?,
            _ => self.bare_key()?,
        };
        let rest = &self.text.as_bytes()[self.at..];
        if !matches!(rest, [b':', b' ' | b'\n', ..]) || span.end - span.start > MAX_KEY {
            return None;
        }
        self.at += 1;
        self.nodes += 1;
        Some((key, span))
    }

    fn bare_key(&mut self) -> Option<(String, Span)> {
        let rest = &self.text.as_bytes()[self.at..];
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let is_in_key = |byte: &u8| is_word(*byte) || matches!(byte, b'-' | b'.' | b'/' | b' ');
        let length = rest.iter().position(|byte| !is_in_key(byte))?;
        if length == 0 || !is_word(rest[0]) || !is_word(rest[length - 1]) {
            return None;
        }
        let span = Span::new(self.at, self.at + length);
        self.at = span.end;
        Some((self.text[span.start..span.end].to_owned(), span))
    }

    /// Takes an entry into a mapping; not one whose key stands there already.
    fn enter(entries: &mut Vec<Entry>, (key, key_span): (String, Span), value: Node) -> Option<()> {
        if entries.iter().any(|entry| entry.key == key) {
            return None;
        }
        entries.push(Entry { key, key_span, value });
        Some(())
    }

    /// A mapping whose first key stands here.
    fn mapping(&mut self, column: usize) -> Option<Node> {
        let mut entries = Vec::with_capacity(8);
        let start = self.at;
        loop {
            let key = self.key()?;
            let value = self.deeper(|reader| reader.value_of_key(column))?;
            let end = value.span.end;
            Self::enter(&mut entries, key, value)?;
            match self.column {
                Some(next) if next == column => {}
                Some(next) if next > column => return None,
                _ => return self.node(Kind::Mapping(entries), Span::new(start, end)),
            }
        }
    }

    fn value_of_key(&mut self, column: usize) -> Option<Node> {
        self.skip_spaces();
        if !matches!(self.byte(), b'\n' | b'#') {
            return self.inline(column);
        }
        self.end_line()?;
        match self.column? {
            next if next > column && self.is_at_item() => self.sequence(next),
            next if next > column => self.mapping(next),
            _ => None,
        }
    }

    fn is_at_item(&self) -> bool {
        self.text[self.at..].starts_with("- ")
    }

    /// A list whose first dash stands here.
    fn sequence(&mut self, column: usize) -> Option<Node> {
        let mut items = Vec::with_capacity(4);
        let start = self.at;
        loop {
            let item = self.deeper(|reader| reader.item(column))?;
            let end = item.span.end;
            items.push(item);
            match self.column {
                Some(next) if next == column && self.is_at_item() => {}
                Some(next) if next > column => return None,
                _ => return self.node(Kind::Sequence(items), Span::new(start, end)),
            }
        }
    }

    fn item(&mut self, column: usize) -> Option<Node> {
        let dash = self.at;
        self.at += 1;
        self.skip_spaces();
        let start = self.at;
        let is_mapping = self.key().is_some();
        self.at = start;
        if is_mapping { self.mapping(column + start - dash) } else { self.inline(column) }
    }

    /// A value that begins on this line, of a block whose keys or dashes stand in this column.
    fn inline(&mut self, column: usize) -> Option<Node> {
        if matches!(self.byte(), b'|' | b'>') {
            return self.block(column);
        }
        let node = match self.byte() {
            b'{' | b'[' => self.flow()?,
            b'\'' | b'"' => self.quoted_value()?,
            _ => self.bare(|rest| rest.find('\n'))?,
        };
        self.end_line()?;
        Some(node)
    }

    /// A text in quotes, on one line and with the plainest escapes.
    fn quoted(&mut self) -> Option<(String, Span)> {
        let (start, quote) = (self.at, self.byte());
        let line = &self.text[start..self.line_end()];
        let bytes = line.as_bytes();
        let mut text = String::new();
        // What stands from `from` on is taken as it is.
        let (mut from, mut at) = (1, 1);
        loop {
            match *bytes.get(at)? {
                b'\'' if quote == b'\'' && bytes.get(at + 1) == Some(&b'\'') => {
                    text.push_str(&line[from..=at]);
                    at += 2;
                    from = at;
                }
                b'\\' if quote == b'"' => {
                    text.push_str(&line[from..at]);
                    text.push(match bytes.get(at + 1)? {
                        b'n' => '\n',
                        b't' => '\t',
                        b'"' => '"',
                        b'\\' => '\\',
                        _ => return None,
                    });
                    at += 2;
                    from = at;
                }
                byte if byte == quote => break,
                _ => at += 1,
            }
        }
        text.push_str(&line[from..at]);
        self.at = start + at + 1;
        Some((text, Span::new(start, self.at)))
    }

    fn quoted_value(&mut self) -> Option<Node> {
        let (text, span) = self.quoted()?;
        self.node(Kind::Text(text), span)
    }

    /// A scalar without quotes, as far as this finds its end.
    fn bare(&mut self, end: impl FnOnce(&str) -> Option<usize>) -> Option<Node> {
        let rest = &self.text[self.at..];
        if !matches!(rest.as_bytes()[0], b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'/' | b'(' | b'$' | 0x80..)
        {
            return None;
        }
        let mut text = &rest[..end(rest)?];
        if let Some(comment) = text.find(" #") {
            text = &text[..comment];
        }
        let text = text.trim_end_matches(' ');
        // What a colon does depends on what stands around it, unless a text follows at once.
        if text.ends_with(':') || text.contains(": ") {
            return None;
        }
        let kind = plain(text).ok()?;
        let span = Span::new(self.at, self.at + text.len());
        self.at = span.end;
        self.node(kind, span)
    }

    /// A flow collection on one line.
    fn flow(&mut self) -> Option<Node> {
        let start = self.at;
        let is_mapping = self.byte() == b'{';
        let close = if is_mapping { b'}' } else { b']' };
        let (mut entries, mut items) = (Vec::new(), Vec::new());
        self.at += 1;
        self.skip_spaces();
        while self.byte() != close {
            if is_mapping {
                let key = self.key()?;
                self.skip_spaces();
                let value = self.deeper(Self::flow_value)?;
                Self::enter(&mut entries, key, value)?;
            } else {
                items.push(self.deeper(Self::flow_value)?);
            }
            self.skip_spaces();
            match self.byte() {
                b',' => {
                    self.at += 1;
                    self.skip_spaces();
                    // Nothing may stand between a comma and the end, for some readers.
                    if self.byte() == close {
                        return None;
                    }
                }
                byte if byte == close => {}
                _ => return None,
            }
        }
        self.at += 1;
        let kind = if is_mapping { Kind::Mapping(entries) } else { Kind::Sequence(items) };
        self.node(kind, Span::new(start, self.at))
    }

    fn flow_value(&mut self) -> Option<Node> {
        match self.byte() {
            b'{' | b'[' => self.flow(),
            b'\'' | b'"' => self.quoted_value(),
            _ => self.bare(|rest| {
                let end = rest.find([',', '[', ']', '{', '}', '\n', '#'])?;
                // What a colon in front of these means is the parser's to say.
                (!rest[..end].ends_with(':')).then_some(end)
            }),
        }
    }

    /// A block: `|` as its lines are, `>` as one line; with `-` without the line break at its end.
    fn block(&mut self, column: usize) -> Option<Node> {
        let is_folded = self.byte() == b'>';
        self.at += 1;
        let is_stripped = self.byte() == b'-';
        self.at += usize::from(is_stripped);
        if self.byte() != b'\n' {
            return None;
        }
        self.at += 1;
        let first = self.at;
        self.skip_spaces();
        let indent = self.at - first;
        if indent <= column || self.byte() == b'\n' {
            return None;
        }
        let mut text = String::new();
        let (mut blank, mut end) = (0, first);
        self.at = first;
        while self.at < self.text.len() {
            let line = &self.text[self.at..self.line_end()];
            let spaces = line.bytes().take_while(|byte| *byte == b' ').count();
            if spaces == line.len() {
                // Spaces beyond the block's own would be text.
                if spaces > indent {
                    return None;
                }
                blank += 1;
            } else if spaces < indent {
                break;
            } else {
                let line = &line[indent..];
                if is_folded && !text.is_empty() {
                    // An empty line, a line that is indented further and a space at its end fold in ways of their own.
                    if blank > 0 || spaces > indent || text.ends_with(' ') {
                        return None;
                    }
                    text.push(' ');
                } else if !text.is_empty() {
                    text.extend(std::iter::repeat_n('\n', blank + 1));
                }
                text.push_str(line);
                blank = 0;
                end = self.at + indent + line.trim_end().len();
            }
            self.at = self.line_end() + 1;
        }
        self.next_content();
        if !is_stripped {
            text.push('\n');
        }
        self.node(Kind::Text(text), Span::new(first + indent, end))
    }
}

#[cfg(test)]
mod tests;
