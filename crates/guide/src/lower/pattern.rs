//! Lowers patterns: the subset of regular expressions that has the same meaning in Rust and in every browser.
//!
//! Browsers compile a pattern with JavaScript's `v` flag ([the `pattern`
//! attribute](https://html.spec.whatwg.org/multipage/input.html#the-pattern-attribute)) and silently ignore an invalid
//! pattern. Patterns that browsers and Rust would interpret differently are therefore rejected here, so that the author
//! sees the problem.

use std::ops::Range;

use regex::Regex;
use regex_syntax::hir::{Class, Hir, HirKind};

use crate::code::BAD_PATTERN;
use crate::finding::{Finding, quoted};
use crate::lower::lowering::Lowering;
use crate::model::Pattern;
use crate::shape::Text;

/// A non-portable part of a pattern, with the reason and advice on how to replace it.
struct NotPortable {
    at: Range<usize>,
    why: String,
    advice: String,
}

impl Lowering<'_> {
    pub(crate) fn pattern(&mut self, text: &Text) -> Option<Pattern> {
        let bad = |message: String| Finding::new(&BAD_PATTERN, text.span, message);
        if let Some(bare) = without_anchors(&text.value) {
            let found = bad("a pattern cannot begin with `^` or end with `$`".to_owned());
            let quoted = format!("'{}'", bare.replace('\'', "''"));
            self.report(
                found
                    .help(format!("a pattern always matches the whole value; write {quoted}"))
                    .fix(text.span, quoted),
            );
            return None;
        }
        if let Some(part) = not_portable(&text.value) {
            let span = self.source.within(text.span, &text.value, part.at);
            self.report(Finding::new(&BAD_PATTERN, span, part.why).help(part.advice));
            return None;
        }
        let hir = match regex_syntax::Parser::new().parse(&text.value) {
            Ok(hir) => hir,
            Err(error) => {
                let reason = match &error {
                    regex_syntax::Error::Parse(error) => error.kind().to_string(),
                    regex_syntax::Error::Translate(error) => error.kind().to_string(),
                    _ => "not a regular expression".to_owned(),
                };
                self.report(bad(format!("the pattern is invalid: {reason}")));
                return None;
            }
        };
        if has_anchor(&hir) {
            let found = bad("a pattern cannot have anchors".to_owned());
            self.report(found.help("remove the anchor: a pattern always matches the whole value"));
            return None;
        }
        match Regex::new(&format!("^(?:{})$", text.value)) {
            Ok(regex) => Some(Pattern { text: text.value.clone(), regex }),
            Err(_) => {
                let found = bad("the pattern needs too much memory".to_owned());
                self.report(found.help("use smaller counts in `{…}`, and do not nest them"));
                None
            }
        }
    }
}

/// Returns the pattern without the anchors at its ends, or `None` if there are none.
fn without_anchors(pattern: &str) -> Option<&str> {
    let front = pattern.strip_prefix('^').unwrap_or(pattern);
    let is_literal = |front: &&str| front.bytes().rev().take_while(|b| *b == b'\\').count() % 2 == 0;
    let bare = front.strip_suffix('$').filter(is_literal).unwrap_or(front);
    (bare.len() < pattern.len()).then_some(bare)
}

/// Returns the first non-portable part of a pattern, if there is one.
fn not_portable(pattern: &str) -> Option<NotPortable> {
    let found = |at: Range<usize>, why: String, advice: &str| {
        Some(NotPortable { at, why, advice: advice.to_owned() })
    };
    let mut class_start = None;
    let mut chars = pattern.char_indices().peekable();
    while let Some((at, ch)) = chars.next() {
        let next = chars.peek().map(|(_, ch)| *ch);
        match (ch, class_start) {
            ('\\', _) => {
                let (_, escaped) = chars.next()?;
                let end = at + 1 + escaped.len_utf8();
                if let Some((why, advice)) = escape_problem(escaped, class_start.is_some()) {
                    return found(at..end, why, advice);
                }
            }
            ('[', None) => class_start = Some(at),
            (']', Some(start)) => {
                if pattern[start..at].trim_start_matches(['[', '^']).is_empty() {
                    return found(
                        start..at + 1,
                        "an empty character class matches nothing".to_owned(),
                        "add the characters to match",
                    );
                }
                class_start = None;
            }
            ('-', Some(start)) => {
                let is_edge = pattern[start + 1..at].trim_start_matches('^').is_empty() || next == Some(']');
                if is_edge || next == Some('-') {
                    return found(
                        at..at + 1,
                        "an unescaped `-` is not allowed here in a character class".to_owned(),
                        r"write `\-`",
                    );
                }
            }
            ('[' | '(' | ')' | '{' | '}' | '/' | '|', Some(_)) => {
                let why = format!("an unescaped `{ch}` in a character class is invalid in browsers");
                return Some(NotPortable { at: at..at + 1, why, advice: format!(r"write `\{ch}`") });
            }
            (
                '&' | '~' | '!' | '#' | '%' | ',' | ':' | ';' | '<' | '=' | '>' | '@' | '`' | '.' | '$' | '*'
                | '+' | '?',
                Some(_),
            ) if next == Some(ch) => {
                let why = format!("`{ch}{ch}` in a character class has a different meaning in browsers");
                return found(at..at + 2, why, "write the character once");
            }
            ('(', None) if next == Some('?') => {
                let why = "groups that begin with `(?` are not portable".to_owned();
                return found(at..at + 2, why, "use a plain group `(…)`; look-around is not supported");
            }
            _ => {}
        }
    }
    None
}

/// Returns why an escape is not portable and what to write instead, or `None` if it is portable.
fn escape_problem(ch: char, in_class: bool) -> Option<(String, &'static str)> {
    let unicode = |advice| Some((format!(r"`\{ch}` matches different characters in browsers"), advice));
    match ch {
        'd' => unicode(if in_class { "write `0-9`" } else { "write `[0-9]`" }),
        'w' => unicode(if in_class { "write `A-Za-z0-9_`" } else { "write `[A-Za-z0-9_]`" }),
        's' => unicode("write a space"),
        'D' | 'W' | 'S' => unicode("list the characters that are allowed"),
        'b' | 'B' | 'A' | 'z' | 'Z' | 'G' => Some((
            format!(r"`\{ch}` is an anchor"),
            "remove the anchor: a pattern always matches the whole value",
        )),
        'p' | 'P' | 'k' | 'x' | 'u' | 'U' | 'Q' | '0'..='9' => {
            Some((format!(r"`\{ch}` is not portable"), "write the literal characters"))
        }
        '-' if in_class => None,
        '^' | '$' | '\\' | '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '/' | 'n'
        | 'r' | 't' | 'f' | 'v' => None,
        _ => Some((
            format!("browsers reject a backslash before {}", quoted(&ch.to_string())),
            "remove the backslash",
        )),
    }
}

fn has_anchor(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Look(_) => true,
        HirKind::Repetition(repetition) => has_anchor(&repetition.sub),
        HirKind::Capture(capture) => has_anchor(&capture.sub),
        HirKind::Concat(list) | HirKind::Alternation(list) => list.iter().any(has_anchor),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(Class::Unicode(_) | Class::Bytes(_)) => false,
    }
}
