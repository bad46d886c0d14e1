//! Lays out lines for a terminal: wraps, indents and styles them.
//!
//! **Invariant:** no line is wider than the terminal, unless a single word is wider; every face ends on the line on
//! which it begins.

use unicode_width::UnicodeWidthStr;

use crate::clean;

/// A type style.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    Plain,
    Bold,
    Faint,
    Code,
}

impl Face {
    const fn on(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Bold => "\u{1b}[1m",
            Self::Faint => "\u{1b}[2m",
            Self::Code => "\u{1b}[36m",
        }
    }
}

const OFF: &str = "\u{1b}[0m";

/// A piece of text in one face. The text `\n` begins a new line.
pub(super) type Piece = (Face, String);

/// The state of a layout in progress.
pub(super) struct Layout {
    out: String,
    width: usize,
    color: bool,
    /// The marks around code.
    code_marks: [&'static str; 2],
    indent: usize,
    /// The list marker to write at the end of the next line's indentation.
    lead: String,
    gap: bool,
}

impl Layout {
    pub(super) fn new(width: usize, color: bool, indent: usize) -> Self {
        Self {
            out: String::new(),
            width: width.max(24),
            color,
            code_marks: ["`", "`"],
            indent,
            lead: String::new(),
            gap: false,
        }
    }

    /// Returns the same layout with other marks around code.
    pub(super) fn with_code_marks(self, code_marks: [&'static str; 2]) -> Self {
        Self { code_marks, ..self }
    }

    /// Returns a piece of code, with its marks.
    pub(super) fn code_piece(&self, text: &str) -> Piece {
        let [open, close] = self.code_marks;
        (Face::Code, format!("{open}{text}{close}"))
    }

    /// Returns the text, with a line break at the end of each line.
    pub(super) fn finish(self) -> String {
        self.out
    }

    /// Requests a blank line, which is written only if another line follows.
    pub(super) fn gap(&mut self) {
        self.gap = true;
    }

    /// Writes running text, wrapped.
    pub(super) fn wrapped(&mut self, pieces: Vec<Piece>) {
        let room = self.width.saturating_sub(self.indent).max(16);
        let mut line: Vec<Piece> = Vec::new();
        let mut used = 0;
        for word in words(pieces) {
            let width: usize = word.text.iter().map(|(_, text)| text.width()).sum();
            let space = usize::from(word.spaced && used > 0);
            if word.breaks || (used > 0 && used + space + width > room) {
                self.write(std::mem::take(&mut line));
                used = 0;
            } else if space > 0 {
                line.push((Face::Plain, " ".to_owned()));
                used += 1;
            }
            used += width;
            line.extend(word.text);
        }
        self.write(line);
    }

    /// Writes a line that repeats one character and is as wide as the text above it.
    pub(super) fn rule(&mut self, line: char, above: &str) {
        let room = self.width.saturating_sub(self.indent).max(16);
        self.write(vec![(Face::Faint, line.to_string().repeat(above.width().min(room)))]);
    }

    /// Writes lines of code without wrapping them.
    pub(super) fn code(&mut self, text: &str) {
        for line in text.lines() {
            self.write(vec![(Face::Plain, line.to_owned())]);
        }
    }

    /// Writes content with additional indentation.
    pub(super) fn indented(&mut self, by: usize, content: impl FnOnce(&mut Self)) {
        self.indent += by;
        content(self);
        self.indent -= by;
    }

    /// Writes a list item. The marker begins its first line.
    pub(super) fn item(&mut self, mark: &str, content: impl FnOnce(&mut Self)) {
        self.lead.push_str(mark);
        self.indented(mark.len(), content);
        if !self.lead.is_empty() {
            self.write(Vec::new());
        }
    }

    fn write(&mut self, line: Vec<Piece>) {
        if std::mem::take(&mut self.gap) && !self.out.is_empty() {
            self.out.push('\n');
        }
        let lead = std::mem::take(&mut self.lead);
        let before = " ".repeat(self.indent.saturating_sub(lead.len())) + &lead;
        let is_empty = line.iter().all(|(_, text)| text.is_empty());
        self.out.push_str(if is_empty { before.trim_end() } else { &before });
        for (face, text) in merged(line) {
            let text = clean::inline(&text);
            if self.color && face != Face::Plain && !text.is_empty() {
                self.out.push_str(face.on());
                self.out.push_str(&text);
                self.out.push_str(OFF);
            } else {
                self.out.push_str(&text);
            }
        }
        self.out.push('\n');
    }
}

/// Joins adjacent pieces with the same face. A space between them gets the same face.
fn merged(line: Vec<Piece>) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    let mut pieces = line.into_iter().peekable();
    while let Some((face, text)) = pieces.next() {
        let next = pieces.peek().map(|(face, _)| *face);
        match out.last_mut() {
            Some((before, whole)) if *before == face || (text == " " && next == Some(*before)) => {
                whole.push_str(&text);
            }
            _ => out.push((face, text)),
        }
    }
    out
}

/// A word, whose pieces can have different faces.
struct Word {
    text: Vec<Piece>,
    /// Whether white space precedes the word.
    spaced: bool,
    /// Whether the word begins a new line.
    breaks: bool,
}

/// Splits pieces at white space. A word can span several pieces.
fn words(pieces: Vec<Piece>) -> Vec<Word> {
    let mut words = Vec::new();
    let mut word = Word { text: Vec::new(), spaced: false, breaks: false };
    for (face, text) in pieces {
        for (n, chunk) in text.split([' ', '\n']).enumerate() {
            if n > 0 {
                let breaks = text == "\n";
                if word.text.is_empty() {
                    word.breaks |= breaks;
                    word.spaced = true;
                } else {
                    words.push(std::mem::replace(&mut word, Word { text: Vec::new(), spaced: true, breaks }));
                }
            }
            if !chunk.is_empty() {
                word.text.push((face, chunk.to_owned()));
            }
        }
    }
    if !word.text.is_empty() {
        words.push(word);
    }
    words
}
