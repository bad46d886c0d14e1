//! Patterns: the part of regular expressions that means the same here and in every browser.
//!
//! A browser reads a pattern by the `v` flag of JavaScript ([the `pattern`
//! attribute](https://html.spec.whatwg.org/multipage/input.html#the-pattern-attribute)); what it cannot read it
//! passes over in silence. So what the two read differently is refused here, where somebody sees it.

use std::ops::Range;

use regex::Regex;
use regex_syntax::hir::{Class, Hir, HirKind};

use crate::code::BAD_PATTERN;
use crate::finding::{Finding, quoted};
use crate::lower::lowering::Lowering;
use crate::model::Pattern;
use crate::shape::Text;

/// What is not portable: where in the pattern, why, and what to write.
struct Foreign {
    at: Range<usize>,
    why: String,
    mend: String,
}

impl Lowering<'_> {
    pub(crate) fn pattern(&mut self, text: &Text) -> Option<Pattern> {
        let bad = |message: String| Finding::new(&BAD_PATTERN, text.span, message);
        if let Some(bare) = without_anchors(&text.value) {
            let found = bad("a pattern is matched from end to end, without `^` and `$`".to_owned());
            let quoted = format!("'{}'", bare.replace('\'', "''"));
            self.say(found.mend(format!("write {quoted}")).fix(text.span, quoted));
            return None;
        }
        if let Some(foreign) = foreign(&text.value) {
            let span = self.source.within(text.span, &text.value, foreign.at);
            self.say(Finding::new(&BAD_PATTERN, span, foreign.why).mend(foreign.mend));
            return None;
        }
        let hir = match regex_syntax::Parser::new().parse(&text.value) {
            Ok(hir) => hir,
            Err(error) => {
                let reason = match &error {
                    regex_syntax::Error::Parse(error) => error.kind().to_string(),
                    regex_syntax::Error::Translate(error) => error.kind().to_string(),
                    _ => "it is not a regular expression".to_owned(),
                };
                self.say(bad(format!("the pattern cannot be read: {reason}")));
                return None;
            }
        };
        if has_anchor(&hir) {
            let found = bad("an anchor inside a pattern never matches".to_owned());
            self.say(found.mend("leave it out: the pattern is matched from end to end anyway"));
            return None;
        }
        match Regex::new(&format!("^(?:{})$", text.value)) {
            Ok(regex) => Some(Pattern { text: text.value.clone(), regex }),
            Err(_) => {
                let found = bad("the pattern needs too much memory".to_owned());
                self.say(found.mend("use smaller counts within `{…}`, and do not nest them"));
                None
            }
        }
    }
}

/// The pattern without its anchors, if it has some at its ends.
fn without_anchors(pattern: &str) -> Option<&str> {
    let front = pattern.strip_prefix('^').unwrap_or(pattern);
    let is_literal = |front: &&str| front.bytes().rev().take_while(|b| *b == b'\\').count() % 2 == 0;
    let bare = front.strip_suffix('$').filter(is_literal).unwrap_or(front);
    (bare.len() < pattern.len()).then_some(bare)
}

/// The first part of a pattern that another reader takes otherwise.
fn foreign(pattern: &str) -> Option<Foreign> {
    let say = |at: Range<usize>, why: String, mend: &str| Some(Foreign { at, why, mend: mend.to_owned() });
    let mut class_start = None;
    let mut chars = pattern.char_indices().peekable();
    while let Some((at, ch)) = chars.next() {
        let next = chars.peek().map(|(_, ch)| *ch);
        match (ch, class_start) {
            ('\\', _) => {
                let (_, escaped) = chars.next()?;
                let end = at + 1 + escaped.len_utf8();
                if let Some((why, mend)) = foreign_escape(escaped, class_start.is_some()) {
                    return say(at..end, why, mend);
                }
            }
            ('[', None) => class_start = Some(at),
            (']', Some(start)) => {
                if pattern[start..at].trim_start_matches(['[', '^']).is_empty() {
                    return say(
                        start..at + 1,
                        "an empty class matches nothing".to_owned(),
                        "name the characters in it",
                    );
                }
                class_start = None;
            }
            ('-', Some(start)) => {
                let is_edge = pattern[start + 1..at].trim_start_matches('^').is_empty() || next == Some(']');
                if is_edge || next == Some('-') {
                    return say(
                        at..at + 1,
                        "a bare `-` in a class is a range without an end".to_owned(),
                        r"write `\-`",
                    );
                }
            }
            ('[' | '(' | ')' | '{' | '}' | '/' | '|', Some(_)) => {
                let why = format!("a bare `{ch}` in a class is not read by every browser");
                return Some(Foreign { at: at..at + 1, why, mend: format!(r"write `\{ch}`") });
            }
            (
                '&' | '~' | '!' | '#' | '%' | ',' | ':' | ';' | '<' | '=' | '>' | '@' | '`' | '.' | '$' | '*'
                | '+' | '?',
                Some(_),
            ) if next == Some(ch) => {
                let why = format!("`{ch}{ch}` in a class means something else in browsers");
                return say(at..at + 2, why, "write the character once");
            }
            ('(', None) if next == Some('?') => {
                let why = "a group that begins with `(?` does not mean the same everywhere".to_owned();
                return say(
                    at..at + 2,
                    why,
                    "use a plain group `(…)`; look-around cannot run in linear time",
                );
            }
            _ => {}
        }
    }
    None
}

/// Why an escape is not portable, and what to write.
fn foreign_escape(ch: char, in_class: bool) -> Option<(String, &'static str)> {
    let unicode = |mend| Some((format!(r"`\{ch}` is more than ASCII here, and not in browsers"), mend));
    match ch {
        'd' => unicode(if in_class { "write `0-9`" } else { "write `[0-9]`" }),
        'w' => unicode(if in_class { "write `A-Za-z0-9_`" } else { "write `[A-Za-z0-9_]`" }),
        's' => unicode("write a space"),
        'D' | 'W' | 'S' => unicode("name the characters that can stand here"),
        'b' | 'B' | 'A' | 'z' | 'Z' | 'G' => {
            Some((format!(r"`\{ch}` is an anchor"), "leave it out: a pattern is matched from end to end"))
        }
        'p' | 'P' | 'k' | 'x' | 'u' | 'U' | 'Q' | '0'..='9' => {
            Some((format!(r"`\{ch}` does not mean the same everywhere"), "write the characters themselves"))
        }
        '-' if in_class => None,
        '^' | '$' | '\\' | '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '/' | 'n'
        | 'r' | 't' | 'f' | 'v' => None,
        _ => Some((
            format!("{} needs no backslash, and browsers refuse one", quoted(&ch.to_string())),
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
