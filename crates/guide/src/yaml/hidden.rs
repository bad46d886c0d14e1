//! Finds characters that an editor does not show, or that change how the surrounding text is displayed.

use crate::code::CONTROL_CHARACTER;
use crate::finding::Finding;
use crate::source::{Source, Span};

/// The maximum number of characters to report. Further hidden characters are probably of the same kind.
const MOST: usize = 10;

/// Creates a finding for each hidden character.
pub(super) fn find(source: &Source) -> Vec<Finding> {
    // Nearly all files contain only plain ASCII, which is quick to check byte by byte.
    let is_plain = |byte: &u8| matches!(byte, b'\n' | b'\t' | b' '..=b'~');
    if source.text.as_bytes().iter().all(is_plain) {
        return Vec::new();
    }
    let lone_return = |at: usize, ch: char| ch == '\r' && !source.text[at + 1..].starts_with('\n');
    source
        .text
        .char_indices()
        .filter(|(at, ch)| name(*ch).is_some() || lone_return(*at, *ch))
        .take(MOST)
        .map(|(at, ch)| {
            let span = Span::new(at, at + ch.len_utf8());
            let name = name(ch).unwrap_or("a carriage return");
            let message = format!("the text contains {name} (U+{:04X})", u32::from(ch));
            let found = Finding::new(&CONTROL_CHARACTER, span, message);
            if is_separator(ch) { found.unsafe_fix(span, "") } else { found.fix(span, "") }
        })
        .collect()
}

/// Returns whether a hidden character can separate words or be part of a letter, so that deleting it can change the text.
fn is_separator(ch: char) -> bool {
    matches!(ch, '\r' | '\u{200c}' | '\u{200d}' | '\u{2028}' | '\u{2029}' | '\u{e000}'..='\u{f8ff}')
        || matches!(ch, '\u{f0000}'..='\u{10ffff}')
}

/// Returns the name of a hidden character, or `None` for any other character.
fn name(ch: char) -> Option<&'static str> {
    Some(match ch {
        '\n' | '\r' | '\t' => return None,
        '\0' => "a null character",
        '\u{1b}' => "an escape character",
        '\u{ad}' => "a soft hyphen",
        '\u{200b}' => "a zero-width space",
        '\u{200c}' | '\u{200d}' | '\u{2060}' => "a zero-width joiner",
        '\u{feff}' => "a byte-order mark",
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            "a text-direction character"
        }
        '\u{2028}' | '\u{2029}' => "a Unicode line separator",
        '\u{180e}' | '\u{2061}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' => {
            "an invisible character"
        }
        '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' => "a private-use character",
        '\u{e0000}'..='\u{e0fff}' => "an invisible tag",
        _ if ch.is_control() => "a control character",
        _ => return None,
    })
}
