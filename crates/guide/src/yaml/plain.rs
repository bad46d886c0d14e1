//! Reads plain scalars: values without quotes. Only these can be ambiguous, lose their end to a comment, or have quotes
//! that YAML does not recognize.

use serde_json::Number;

use crate::code::{AMBIGUOUS_SCALAR, CURLY_QUOTES, CUT_BY_COMMENT};
use crate::finding::{Finding, quoted};
use crate::node::Kind;
use crate::source::{Source, Span};

/// The maximum number of words before a comment that is preceded by only one space. Longer text is probably prose, in
/// which `#` is part of the text.
const MOST_WORDS: usize = 3;

/// Returns the value of the plain scalar at `span`, and reports findings about it.
pub(super) fn read(source: &Source, text: &str, span: Span, findings: &mut Vec<Finding>) -> Kind {
    match typed(text) {
        Ok(Some(kind)) => kind,
        Ok(None) => {
            findings.extend(cut_by_comment(source, text, span));
            match inside_curly_quotes(text) {
                Some(inner) => {
                    findings.push(curly_quotes(inner, span));
                    Kind::Text(inner.to_owned())
                }
                None => Kind::Text(text.to_owned()),
            }
        }
        Err(why) => {
            let found = Finding::new(&AMBIGUOUS_SCALAR, span, format!("{} {why}", quoted(text)))
                .help(format!("put the value in quotes: '{text}'"))
                .fix(span, format!("'{text}'"));
            findings.push(found);
            Kind::Text(text.to_owned())
        }
    }
}

/// Writes a string as a YAML scalar in single quotes. Curly quotes around the string are left out.
pub(super) fn in_quotes(text: &str) -> String {
    let text = inside_curly_quotes(text).unwrap_or(text);
    format!("'{}'", text.replace('\'', "''"))
}

fn curly_quotes(inner: &str, span: Span) -> Finding {
    let straight = in_quotes(inner);
    Finding::new(&CURLY_QUOTES, span, "the curly quotes around this value are part of the value")
        .help(format!("use straight quotes: {straight}"))
        .fix(span, straight)
}

/// Returns the text inside a pair of curly quotes that surrounds the whole text. Double quotes are not a pair if there
/// are more of them inside; single ones may be apostrophes inside a word.
fn inside_curly_quotes(text: &str) -> Option<&str> {
    const DOUBLE: [char; 4] = ['“', '”', '„', '‟'];
    const SINGLE: [char; 4] = ['‘', '’', '‚', '‛'];
    let within = |quotes: [char; 4]| text.strip_prefix(quotes)?.strip_suffix(quotes);
    let is_apostrophe = |inner: &str, at: usize| {
        let is_letter = |ch: Option<char>| ch.is_some_and(char::is_alphanumeric);
        is_letter(inner[..at].chars().next_back()) && is_letter(inner[at..].chars().nth(1))
    };
    let double = within(DOUBLE).filter(|inner| !inner.contains(DOUBLE));
    let single =
        || within(SINGLE).filter(|inner| inner.match_indices(SINGLE).all(|(at, _)| is_apostrophe(inner, at)));
    double.or_else(single).filter(|inner| !inner.is_empty())
}

/// Reports a comment that is probably the rest of the text. Two spaces before `#` mark a comment as intended.
fn cut_by_comment(source: &Source, text: &str, span: Span) -> Option<Finding> {
    let line = source.first_line(Span::new(span.end, source.text.len()));
    let comment = source.slice(line).strip_prefix(' ').filter(|rest| rest.starts_with('#'))?;
    let is_stuck = comment[1..].starts_with(|ch: char| !ch.is_whitespace());
    if !is_stuck && text.split_whitespace().count() <= MOST_WORDS {
        return None;
    }
    let whole = in_quotes(&format!("{text} {comment}"));
    let found = Finding::new(
        &CUT_BY_COMMENT,
        Span::new(line.start + 1, line.end),
        format!("the text ends before this `#`: the value is {}", quoted(text)),
    );
    let found = found.label("YAML reads this as a comment");
    Some(
        found
            .help(format!("put the text in quotes: {whole}; for a comment, write two spaces before the `#`"))
            .unsafe_fix(Span::new(span.start, line.end), whole),
    )
}

/// Parses a plain scalar according to the YAML 1.2 core schema. Returns `None` for a string, or an error with the
/// reason why the scalar must be quoted.
fn typed(text: &str) -> Result<Option<Kind>, &'static str> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(Some(Kind::Null)),
        "true" | "True" | "TRUE" => return Ok(Some(Kind::Bool(true))),
        "false" | "False" | "FALSE" => return Ok(Some(Kind::Bool(false))),
        "yes" | "Yes" | "YES" | "no" | "No" | "NO" | "on" | "On" | "ON" | "off" | "Off" | "OFF" => {
            return Err("is a string in YAML 1.2 but a boolean in YAML 1.1");
        }
        _ => {}
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
        if digits.len() > 1 && digits.starts_with('0') {
            return Err("begins with a zero: some tools read it as a number, others as a string");
        }
        let number = text.parse::<i64>().map_err(|_| "is outside the 64-bit integer range")?;
        return Ok(Some(Kind::Number(number.into())));
    }
    if digits.starts_with("0x") || digits.starts_with("0o") {
        return Err("is a hexadecimal or octal number in some tools");
    }
    if matches!(digits, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN") {
        return Err("is a number that JSON cannot represent");
    }
    let looks_like_a_float = digits.bytes().all(|b| b.is_ascii_digit() || b".eE+-".contains(&b))
        && digits.bytes().next().is_some_and(|b| b.is_ascii_digit() || b == b'.')
        && digits.bytes().any(|b| b.is_ascii_digit());
    let float = if looks_like_a_float { text.parse().ok().and_then(Number::from_f64) } else { None };
    Ok(float.map(Kind::Number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_curly_quotes_around_the_whole_text_are_found() {
        assert_eq!(inside_curly_quotes("“Create it”"), Some("Create it"));
        assert_eq!(inside_curly_quotes("’Don’t’"), Some("Don’t"));
        assert_eq!(inside_curly_quotes("„Gut“"), Some("Gut"));
        for text in ["“A” or “B”", "‘A’ or ‘B’", "the “A”", "’tis", "“", "“”"] {
            assert_eq!(inside_curly_quotes(text), None, "{text}");
        }
    }

    #[test]
    fn a_comment_after_text_is_reported_unless_it_looks_intended() {
        let cut = |line: &str| {
            let source = Source::new("x", line);
            let text = line.split(" #").next().unwrap_or_default().trim_end();
            cut_by_comment(&source, text, Span::new(0, text.len()))
                .map(|found| found.fix.expect("an edit").text)
        };
        assert_eq!(cut("Acme #1 Desk").as_deref(), Some("'Acme #1 Desk'"));
        assert_eq!(
            cut("It's the right one, but # may fail\r\n").as_deref(),
            Some("'It''s the right one, but # may fail'")
        );
        assert_eq!(cut("wrong_secret # the usual one"), None);
        assert_eq!(cut("Open the settings page  # the new one"), None);
        assert_eq!(cut("Open the settings page"), None);
    }
}
