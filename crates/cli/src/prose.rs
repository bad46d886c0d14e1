//! Wraps text for the terminal. Everything that people read in a dialogue goes through this file.
//!
//! **Invariant:** a line breaks only between words, unless a single word is wider than the terminal.

use unicode_width::UnicodeWidthStr as _;

/// Wraps text at word boundaries to a number of columns, and keeps its line breaks.
///
/// Continuation lines are indented like the text of their line, after a mark such as `✓` or `•`.
pub(crate) fn wrapped(text: &str, columns: usize) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| hung(line, hang(line), columns)).collect();
    lines.join("\n")
}

/// Wraps one line at word boundaries. Continuation lines are indented by `hang` columns, or by less if their first word
/// would not fit.
pub(crate) fn hung(line: &str, hang: usize, columns: usize) -> String {
    // On a narrow terminal, a deep indentation would leave no room for the text.
    let hang = if hang + 16 > columns { hang.min(2) } else { hang };
    let mut out = String::with_capacity(line.len() + 16);
    let (mut used, mut is_empty) = (0, true);
    let mut rest = line;
    while !rest.is_empty() {
        let word_at = rest.find(|ch| ch != ' ').unwrap_or(rest.len());
        let end = rest[word_at..].find(' ').map_or(rest.len(), |n| word_at + n);
        let (space, word) = (&rest[..word_at], &rest[word_at..end]);
        if !is_empty && used + space.len() + width_of(word) > columns {
            used = hang.min(columns.saturating_sub(width_of(word)));
            out.push('\n');
            out.push_str(&" ".repeat(used));
        } else {
            out.push_str(space);
            used += space.len();
        }
        out.push_str(word);
        used += width_of(word);
        is_empty = word.is_empty();
        rest = &rest[end..];
    }
    out
}

/// Returns the number of columns that text occupies, without its colors.
pub(crate) fn width_of(text: &str) -> usize {
    anstream::adapter::strip_str(text).to_string().width()
}

/// Returns the column at which a line's text starts, after its indentation and its mark.
fn hang(line: &str) -> usize {
    let plain = anstream::adapter::strip_str(line).to_string();
    let text = plain.trim_start();
    let indent = plain.len() - text.len();
    let mark = text.split_once(' ').map_or("", |(mark, _)| mark);
    let is_mark = mark.chars().count() == 1 && !mark.chars().all(char::is_alphanumeric);
    indent + if is_mark { 2 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, columns: usize, expected: &str) {
        assert_eq!(wrapped(text, columns), expected);
    }

    #[test]
    fn lines_break_between_words() {
        check("one two three", 9, "one two\nthree");
        check("one two three", 13, "one two three");
        check("a-single-long-word and more", 8, "a-single-long-word\nand more");
        check("one\n\ntwo three", 5, "one\n\ntwo\nthree");
        check("", 10, "");
    }

    #[test]
    fn continuation_lines_are_indented_like_the_text() {
        check("✗ This token was not accepted.", 20, "✗ This token was not\n  accepted.");
        check("  → will connect to acme.example", 24, "  → will connect to\n    acme.example");
        check("  indented text that is long", 20, "  indented text that\n  is long");
        check("I see a word", 7, "I see a\nword");
    }

    #[test]
    fn columns_in_a_table_stay_aligned() {
        assert_eq!(hung("Name  Acme Outdoor Limited", 6, 24), "Name  Acme Outdoor\n      Limited");
        assert_eq!(hung("Name  Acme Outdoor Limited", 6, 80), "Name  Acme Outdoor Limited");
        assert_eq!(hung("Id         acc_1234567890", 11, 28), "Id         acc_1234567890");
        assert_eq!(hung("Id         acc_1234567890123", 11, 27), "Id\n          acc_1234567890123");
    }

    #[test]
    fn colors_and_wide_characters_are_measured_as_they_appear() {
        check("\u{1b}[1mone two\u{1b}[0m three", 13, "\u{1b}[1mone two\u{1b}[0m three");
        check("日本 日本 日本", 9, "日本 日本\n日本");
    }
}
