//! Removes characters that must not appear on a page.
//!
//! The guide's loader rejects invisible characters in the source, but a YAML escape can still produce one.
//!
//! **Invariant:** the result has no control characters, no characters that hide text or change its direction, and line
//! breaks only if [`lines`] cleaned the text. Cleaned text therefore cannot control a terminal.

/// Cleans text that is part of a line. Line breaks and tabs become spaces.
pub(crate) fn inline(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    text.chars()
        .filter_map(|ch| match ch {
            '\n' | '\r' | '\t' | '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{b}' | '\u{c}' => Some(' '),
            ch => visible(ch),
        })
        .collect()
}

/// Cleans a whole line, such as a title or a label, and trims it.
pub(crate) fn line(text: &str) -> String {
    if is_plain(text) {
        return text.trim().to_owned();
    }
    inline(text).trim().to_owned()
}

/// Cleans lines of code. Line breaks stay, and tabs become four spaces.
pub(crate) fn lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        if is_plain(line) {
            out.push_str(line);
            out.push('\n');
            continue;
        }
        for ch in line.chars() {
            match ch {
                '\t' => out.push_str("    "),
                ch => out.extend(visible(ch)),
            }
        }
        out.push('\n');
    }
    out
}

/// Returns whether the text consists of printable ASCII and therefore needs no cleaning. This is true of nearly all
/// text.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

fn visible(ch: char) -> Option<char> {
    let hidden = ch.is_control()
        || matches!(ch, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(ch, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
        || matches!(ch, '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{e0000}'..='\u{e007f}')
        || matches!(ch, '\u{f0000}'..)
        || u32::from(ch) & 0xfffe == 0xfffe;
    (!hidden).then_some(ch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_removed() {
        assert_eq!(inline("a\u{1b}[31mb\u{9b}c\u{202e}d\0e"), "a[31mbcde");
        assert_eq!(line(" a\nb\u{2028}c "), "a b c");
        assert_eq!(lines("a\r\n\tb\u{7}"), "a\n    b\n");
        assert_eq!(line("Ünïcode – “quotes” ⋮ 🎉"), "Ünïcode – “quotes” ⋮ 🎉");
    }
}
