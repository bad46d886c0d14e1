//! Filler words, which add nothing and can make readers who are stuck feel slow.

use guide::{CodePage, Finding, Severity, Source, Span};

use crate::rule::Subject;
use crate::texts;
use crate::wording::is_verb;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0342",
    name: "filler-word",
    severity: Severity::Warning,
    summary: "The text contains a filler word: simply, just, easily, please note",
    why: "nothing is simple to a reader who is stuck, and everyone has one more word to read",
    help: "remove the filler word",
    bad: "body: Simply click **Save**.",
    good: "body: Click **Save**.",
};

/// Longest first, because the first match wins.
const FILLERS: &[&str] = &[
    "please note that",
    "please note",
    "of course",
    "basically",
    "obviously",
    "easily",
    "simply",
    "please",
    "just",
];

pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let guide = subject.guide;
    let source = &guide.source;
    let prose = texts::of_guide(guide).map(|(_, prose)| prose.span);
    let rules = guide.methods.iter().flat_map(guide::Method::all_outcomes);
    let messages = rules.flat_map(|rule| rule.says.iter().chain(&rule.fix)).map(|template| template.span);
    for span in prose.chain(messages) {
        for (filler, at) in fillers(source.slice(span)) {
            let found = Span::new(span.start + at, span.start + at + filler.len());
            let message = format!("`{}` adds nothing", source.slice(found));
            let finding = Finding::new(&PAGE, found, message);
            findings.push(match without(source, found) {
                Some((span, text)) => finding.fix(span, text),
                None => finding,
            });
        }
    }
}

/// The filler words in a string of source text, each with its byte offset. Skips code, references and link targets.
fn fillers(text: &str) -> Vec<(&'static str, usize)> {
    let mut list = Vec::new();
    let mut at = 0;
    let mut is_begin = true;
    while let Some(ch) = text[at..].chars().next() {
        let rest = &text[at..];
        let closed = match ch {
            '`' => Some(("`", "`")),
            '{' => Some(("{{", "}}")),
            ']' => Some(("](", ")")),
            _ => None,
        };
        if let Some((open, close)) = closed.filter(|(open, _)| rest.starts_with(open)) {
            let inner = &rest[open.len()..];
            at += open.len() + inner.find(close).map_or(inner.len(), |end| end + close.len());
            is_begin = true;
            continue;
        }
        let is_word = is_begin && ch.is_ascii_alphabetic();
        if let Some(filler) = FILLERS.iter().find(|filler| is_word && begins_with(rest, filler)) {
            if *filler != "just" || rest[filler.len()..].split_whitespace().next().is_some_and(is_verb) {
                list.push((*filler, at));
            }
            at += filler.len();
            is_begin = false;
            continue;
        }
        is_begin = !ch.is_alphanumeric() && ch != '-';
        at += ch.len_utf8();
    }
    list
}

/// Whether a string begins with these words, followed by a word boundary.
fn begins_with(text: &str, words: &str) -> bool {
    let front = text.get(..words.len()).is_some_and(|front| front.eq_ignore_ascii_case(words));
    front && !text[words.len()..].starts_with(|ch: char| ch.is_alphanumeric() || ch == '-')
}

/// The edit that removes the words. `None` if the rest of the sentence would also have to change.
fn without(source: &Source, words: Span) -> Option<(Span, String)> {
    let (before, after) = (&source.text[..words.start], &source.text[words.end..]);
    let gap = after.strip_prefix(',').unwrap_or(after);
    let rest = gap.trim_start_matches(' ');
    let next = rest.chars().next().filter(|next| next.is_alphanumeric())?;
    if rest.len() == gap.len() || before.trim_end().ends_with(',') {
        return None;
    }
    let end = source.text.len() - rest.len();
    let is_capital = source.text[words.start..].starts_with(char::is_uppercase);
    if !is_capital {
        return Some((Span::new(words.start, end), String::new()));
    }
    Some((Span::new(words.start, end + next.len_utf8()), next.to_uppercase().collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let source = Source::new("x", text);
        let mut fixed = text.to_owned();
        for (filler, at) in fillers(text).into_iter().rev() {
            if let Some((span, new)) = without(&source, Span::new(at, at + filler.len())) {
                fixed.replace_range(span.range(), &new);
            }
        }
        assert_eq!(fixed, expected);
    }

    #[test]
    fn removing_a_filler_keeps_the_sentence_capitalized() {
        check("Simply click it.", "Click it.");
        check("Please note that the token ends.", "The token ends.");
        check("Now simply click, and just open it.", "Now click, and open it.");
        check("Obviously, it works.", "It works.");
    }

    #[test]
    fn words_that_carry_meaning_are_kept() {
        check("The token was just made; enter just that.", "The token was just made; enter just that.");
        check("Type `simply` at {{ step.simply }}.", "Type `simply` at {{ step.simply }}.");
        check("An easily-kept justice.", "An easily-kept justice.");
    }
}
