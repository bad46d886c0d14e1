//! Explains a YAML syntax error in the author's terms.
//!
//! A parser reports where it failed, which is rarely where the mistake is. Most authors make the same few mistakes, so
//! this module searches the surrounding lines for each of those mistakes.

mod flow;

use granit_parser::ErrorKind;

use crate::code::{TOO_LARGE, YAML_FEATURE, YAML_SYNTAX};
use crate::finding::{Finding, quoted};
use crate::key::Key;
use crate::source::{Source, Span};
use crate::yaml::plain::in_quotes;

/// The number of lines to search for an unclosed quote or bracket, counted back from the error.
const LINES_BACK: usize = 40;

/// A function that searches for one kind of mistake near the point where the parser failed.
type Detector = fn(&Source, usize, &ErrorKind) -> Option<Finding>;

/// Returns the finding for a syntax error that the parser reported at `at`.
pub(super) fn explain(source: &Source, at: usize, kind: &ErrorKind) -> Finding {
    let at = source.text.floor_char_boundary(at.min(source.text.len()));
    let detectors: [Detector; 9] = [
        too_deep,
        tab,
        alias,
        after_quote,
        open_quote,
        flow::sign_in_value,
        open_bracket,
        first_character,
        second_colon,
    ];
    detectors.iter().find_map(|detect| detect(source, at, kind)).unwrap_or_else(|| by_kind(source, at, kind))
}

fn too_deep(source: &Source, at: usize, kind: &ErrorKind) -> Option<Finding> {
    let message = "the nesting is too deep here";
    matches!(kind, ErrorKind::RecursionLimitExceeded)
        .then(|| Finding::new(&TOO_LARGE, word(source, at), message).help("reduce the nesting"))
}

fn tab(source: &Source, at: usize, _: &ErrorKind) -> Option<Finding> {
    let line = source.line(at);
    let next = source.line((line.end + 1).min(source.text.len()));
    [line, next].into_iter().find_map(|line| {
        let text = source.slice(line);
        let indent = text.len() - text.trim_start().len();
        let tab = text[..indent].find('\t')?;
        let span = Span::new(line.start + tab, line.start + tab + 1);
        Some(Finding::new(&YAML_SYNTAX, span, "this line is indented with a tab").help("use spaces"))
    })
}

fn alias(source: &Source, at: usize, kind: &ErrorKind) -> Option<Finding> {
    matches!(kind, ErrorKind::UnknownAnchor).then(|| {
        let span = word(source, at);
        let text = source.slice(span);
        Finding::new(&YAML_FEATURE, span, format!("YAML reads {} as an alias", quoted(text)))
            .help(format!("if this is a string, put it in quotes: '{text}'"))
            .fix(span, format!("'{text}'"))
    })
}

fn after_quote(source: &Source, at: usize, kind: &ErrorKind) -> Option<Finding> {
    let advice = match kind {
        ErrorKind::InvalidTrailingSingleQuotedScalar => {
            "double an apostrophe inside single quotes (`''`), or use double quotes"
        }
        ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            "write `\\\"` for a quote inside double quotes, or use single quotes"
        }
        _ => return None,
    };
    // The location that the parser reports comes after the quote and any whitespace that follows it.
    let quote = source.text[..at].trim_end().len();
    let span = Span::new(quote.saturating_sub(1), quote);
    let rest = source.slice(Span::new(quote, source.line(at).end)).trim_start();
    let key = rest.split(": ").next().unwrap_or_default();
    if key.len() < rest.len() && Key::parse(key).is_some() {
        let found = Finding::new(&YAML_SYNTAX, span, format!("a comma is missing before {}", quoted(key)));
        return Some(found.help("separate the entries inside `{ }` with commas"));
    }
    Some(
        Finding::new(&YAML_SYNTAX, span, "there is more text after this closing quote")
            .label("closes the string")
            .help(advice),
    )
}

fn open_quote(source: &Source, at: usize, kind: &ErrorKind) -> Option<Finding> {
    let is_within = matches!(
        kind,
        ErrorKind::UnclosedQuotedScalar
            | ErrorKind::InvalidQuotedScalarIndent
            | ErrorKind::DocumentIndicatorInQuotedScalar
    );
    let open = || {
        lines_back(source, at).find_map(|line| {
            let text = source.slice(line);
            let start = value_start(text)?;
            let quote = text[start..].chars().next().filter(|ch| matches!(ch, '\'' | '"'))?;
            (text[start..].matches(quote).count() % 2 == 1).then(|| line.start + start)
        })
    };
    let at = is_within.then(open)??;
    let found = Finding::new(&YAML_SYNTAX, Span::new(at, at + 1), "this quote is never closed");
    Some(found.help("add the closing quote at the end of the string"))
}

fn open_bracket(source: &Source, at: usize, kind: &ErrorKind) -> Option<Finding> {
    let is_flow = matches!(
        kind,
        ErrorKind::UnclosedFlowCollection { .. }
            | ErrorKind::MismatchedFlowCollectionEnd { .. }
            | ErrorKind::UnexpectedEofFlowSequence
            | ErrorKind::UnexpectedEofFlowMapping
            | ErrorKind::UnexpectedEofImplicitFlowMapping
            | ErrorKind::ExpectedFlowMappingSeparator
            | ErrorKind::ExpectedFlowSequenceSeparator
            | ErrorKind::InvalidFlowScalarIndent
            | ErrorKind::InvalidIndentation
            | ErrorKind::UnexpectedEof
    );
    if !is_flow {
        return None;
    }
    let (at, open) = lines_back(source, at).find_map(|line| {
        let (n, open) = unbalanced(source.slice(line))?;
        Some((line.start + n, open))
    })?;
    let close = if open == '[' { ']' } else { '}' };
    let found = Finding::new(&YAML_SYNTAX, Span::new(at, at + 1), format!("this `{open}` is never closed"));
    Some(found.help(format!("close it with `{close}`, and separate its items with commas")))
}

fn first_character(source: &Source, at: usize, _: &ErrorKind) -> Option<Finding> {
    let ch = source.text[at..].chars().next().filter(|ch| matches!(ch, '@' | '`' | '%'))?;
    let line = source.line(at);
    let value = source.slice(Span::new(at, line.end)).trim_end();
    let span = Span::new(at, at + value.len());
    let text = in_quotes(value);
    let found =
        Finding::new(&YAML_SYNTAX, span, format!("an unquoted value cannot begin with {}", spelled(ch)));
    Some(found.help(format!("put the value in quotes: {text}")).fix(span, text))
}

/// Finds a second colon in a line, as in `title: Note: read this`.
fn second_colon(source: &Source, at: usize, _: &ErrorKind) -> Option<Finding> {
    let line = source.line(at);
    let text = source.slice(line);
    let start = value_start(text)?;
    let value = text[start..].trim_end();
    let is_plain = !value.starts_with(['\'', '"', '[', '{', '|', '>', '&', '*', '!', '#']);
    let is_in_flow = unbalanced(&text[..start]).is_some();
    let colon = value.find(": ").filter(|_| is_plain && !is_in_flow)?;
    let span = Span::new(line.start + start, line.start + start + value.len());
    let colon = Span::new(span.start + colon, span.start + colon + 1);
    let text = in_quotes(value);
    let found = Finding::new(&YAML_SYNTAX, colon, "this line has a second `: `")
        .label("YAML reads this as the end of a key");
    Some(found.help(format!("put the value in quotes: {text}")).fix(span, text))
}

fn by_kind(source: &Source, at: usize, kind: &ErrorKind) -> Finding {
    let span = word(source, at);
    let line = source.line(at);
    let text = source.slice(line).trim();
    let start = line.start + source.slice(line).len() - source.slice(line).trim_start().len();
    let says = |message: &str, advice: &str| Finding::new(&YAML_SYNTAX, span, message).help(advice);
    match kind {
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey
            if !text.contains(": ") && !text.ends_with(':') =>
        {
            let whole = Span::new(start, start + text.len());
            let found = Finding::new(
                &YAML_SYNTAX,
                whole,
                "this line is not `key: value`: there is no colon followed by a space",
            );
            match text.split_once(':').filter(|(key, value)| Key::parse(key).is_some() && !value.is_empty()) {
                Some((key, value)) => {
                    let better = format!("{key}: {value}");
                    found.help(format!("put a space after the colon: {}", quoted(&better))).fix(whole, better)
                }
                None => found.help("write `key: value`, with a space after the colon"),
            }
        }
        ErrorKind::InvalidIndentation
        | ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::BlockSequenceEntryNotAllowed
        | ErrorKind::MappingKeyNotAllowed
        | ErrorKind::MappingValueNotAllowed
        | ErrorKind::SimpleKeyExpected
        | ErrorKind::InvalidSimpleKey
        | ErrorKind::ExpectedDocumentStart => {
            let found = Finding::new(
                &YAML_SYNTAX,
                word(source, start),
                "this line's indentation does not match any line above",
            );
            found.help("align the line with the other entries in its list or mapping")
        }
        ErrorKind::InvalidBlockScalarIndent
        | ErrorKind::ZeroBlockScalarIndent
        | ErrorKind::InvalidBlockScalarHeader => says(
            "a block of text cannot begin like this",
            "write only `|` or `>-` here, and indent the text on the lines below",
        ),
        ErrorKind::UnknownQuotedScalarEscape
        | ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidUnicodeEscape => {
            let found =
                Finding::new(&YAML_SYNTAX, bad_escape(source, line), "this escape sequence does not exist");
            found.help("use single quotes, inside which `\\` is an ordinary character")
        }
        ErrorKind::TabNotAllowed | ErrorKind::TabInBlockIndentation | ErrorKind::TabInIndentation => {
            says("a tab is not allowed here", "use spaces")
        }
        ErrorKind::MisplacedFlowCollectionEnd => {
            says("this bracket has no matching opening bracket", "remove it, or add the opening bracket")
        }
        _ => Finding::new(&YAML_SYNTAX, span, "this is not valid YAML"),
    }
}

/// Returns the first invalid escape sequence in a line.
fn bad_escape(source: &Source, line: Span) -> Span {
    let text = source.slice(line);
    let mut chars = text.char_indices();
    while let Some((at, ch)) = chars.next() {
        let Some((_, escaped)) = (ch == '\\').then(|| chars.next()).flatten() else { continue };
        if !"0abt\tnvfre \"/\\N_LPxuU".contains(escaped) {
            return Span::new(line.start + at, line.start + at + 1 + escaped.len_utf8());
        }
    }
    source.first_line(line)
}

fn spelled(ch: char) -> String {
    if ch == '`' { "a backtick".to_owned() } else { format!("`{ch}`") }
}

/// Returns the line that contains the byte at `at`, then the preceding lines, nearest first.
fn lines_back(source: &Source, at: usize) -> impl Iterator<Item = Span> {
    let first = source.line(at);
    std::iter::successors(Some(first), |line| Some(source.line(line.start.checked_sub(1)?))).take(LINES_BACK)
}

/// Returns the word that begins at `at`, or only the character there if no word begins at `at`.
fn word(source: &Source, at: usize) -> Span {
    let rest = source.slice(Span::new(at, source.line(at).end));
    let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
    let length = length.max(rest.chars().next().map_or(0, char::len_utf8));
    Span::new(at, at + length)
}

/// Returns the offset at which the value of `key: value` or `- value` begins.
fn value_start(line: &str) -> Option<usize> {
    let body = line.len() - line.trim_start_matches([' ', '-']).len();
    let start = match line[body..].find(": ") {
        Some(colon) => body + colon + 2,
        None => body,
    };
    let blanks = line[start..].len() - line[start..].trim_start().len();
    (start + blanks < line.len()).then_some(start + blanks)
}

/// Returns the last unclosed bracket in a line.
fn unbalanced(line: &str) -> Option<(usize, char)> {
    let mut open = Vec::new();
    let mut quote = None;
    for (at, ch) in line.char_indices() {
        match (quote, ch) {
            (Some(q), _) => quote = Some(q).filter(|q| *q != ch),
            (None, '\'' | '"') if line[..at].ends_with([' ', '[', '{']) => quote = Some(ch),
            (None, '[' | '{') => open.push((at, ch)),
            (None, ']' | '}') => drop(open.pop()),
            (None, '#') if line[..at].ends_with(' ') => break,
            (None, _) => {}
        }
    }
    open.pop()
}
