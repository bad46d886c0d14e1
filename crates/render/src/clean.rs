//! Characters that have no place on a page.
//!
//! The guide's loader refuses invisible characters where they stand, but a YAML escape can still spell one.
//! **Invariant:** what comes out has no control character, nothing that hides text or changes its direction, and
//! no line break unless it was asked for; so no text can command a terminal.

/// A text on one line: what would break it becomes a space.
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

/// The same, without white space at its ends: a title, a label.
pub(crate) fn line(text: &str) -> String {
    if is_plain(text) {
        return text.trim().to_owned();
    }
    inline(text).trim().to_owned()
}

/// Lines of code: line breaks stay, tabs become spaces.
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

/// Whether a text has nothing but letters, signs and spaces of ASCII, as nearly all have.
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
    fn nothing_commands_a_terminal() {
        assert_eq!(inline("a\u{1b}[31mb\u{9b}c\u{202e}d\0e"), "a[31mbcde");
        assert_eq!(line(" a\nb\u{2028}c "), "a b c");
        assert_eq!(lines("a\r\n\tb\u{7}"), "a\n    b\n");
        assert_eq!(line("Ünïcode – “quotes” ⋮ 🎉"), "Ünïcode – “quotes” ⋮ 🎉");
    }
}
