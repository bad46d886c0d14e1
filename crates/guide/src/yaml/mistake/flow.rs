//! Finds characters that end an unquoted value inside `{ }` or `[ ]`.

use granit_parser::ErrorKind;

use crate::code::YAML_SYNTAX;
use crate::finding::{Finding, quoted};
use crate::source::{Source, Span};
use crate::yaml::plain::in_quotes;

/// Finds a bracket or a second colon in an unquoted value, as in `{ label: Key, description: The key {id}. }`.
pub(super) fn sign_in_value(source: &Source, at: usize, _: &ErrorKind) -> Option<Finding> {
    let line = source.line(at);
    let text = source.slice(line);
    let (start, sign) = sign(text)?;
    let ch = text[sign..].chars().next()?;
    let value = text[start..sign + length(&text[sign..])].trim_end();
    let span = Span::new(line.start + start, line.start + start + value.len());
    let text = in_quotes(value);
    let sign = Span::new(line.start + sign, line.start + sign + 1);
    let message =
        format!("a value inside brackets cannot contain {} unless it is in quotes", quoted(&ch.to_string()));
    let found = Finding::new(&YAML_SYNTAX, sign, message);
    Some(found.help(format!("put the value in quotes: {text}")).fix(span, text))
}

/// Returns the offsets of the first unquoted value inside brackets that contains such a character, and of that
/// character.
fn sign(line: &str) -> Option<(usize, usize)> {
    let (mut depth, mut quote, mut value) = (0_usize, None, None);
    // Whether the current item has a key, so that another colon is part of the value.
    let mut has_key = false;
    for (at, ch) in line.char_indices() {
        if quote.is_some() {
            quote = quote.filter(|quote| *quote != ch);
            continue;
        }
        let is_colon = ch == ':' && line[at + 1..].starts_with(' ');
        match (ch, value) {
            ('#', _) if line[..at].ends_with(' ') => return None,
            ('{' | '[', Some(start)) if depth > 0 => return Some((start, at)),
            ('{' | '[', None) => (depth, has_key) = (depth + 1, false),
            ('}' | ']', _) if depth > 0 => (depth, value, has_key) = (depth - 1, None, true),
            (',', _) if depth > 0 => (value, has_key) = (None, false),
            (':', Some(start)) if is_colon && has_key && depth > 0 => return Some((start, at)),
            (':', _) if is_colon => (value, has_key) = (None, true),
            ('\'' | '"', None) => quote = Some(ch),
            (' ', _) => {}
            ('-', None) if depth == 0 => {}
            _ => value = value.or(Some(at)),
        }
    }
    None
}

/// Returns the length of the rest of a value inside brackets. Brackets within the value come in pairs.
fn length(rest: &str) -> usize {
    let mut depth = 0_usize;
    for (at, ch) in rest.char_indices() {
        match ch {
            '{' | '[' => depth += 1,
            '}' | ']' if depth > 0 => depth -= 1,
            '}' | ']' | ',' if depth == 0 => return at,
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_ends_where_the_author_meant_it_to_end() {
        let value = |line: &'static str| {
            let (start, sign) = sign(line)?;
            Some(line[start..sign + length(&line[sign..])].trim_end())
        };
        assert_eq!(value("- { key: k, accept: [trim], description: The key {id}. }"), Some("The key {id}."));
        assert_eq!(value("{ token: Token {{ value.x }}, b: c }"), Some("Token {{ value.x }}"));
        assert_eq!(value("{ title: Note: read this, x: y }"), Some("Note: read this"));
        assert_eq!(value("a: [b, c[0]]"), Some("c[0]"));
        for line in
            ["{ a: { b: c }, d: [e] }", "{ a: '{b}', c: \"[\" }", "title: Note: {x}", "- a: b # {c} [d"]
        {
            assert_eq!(value(line), None, "{line}");
        }
    }
}
