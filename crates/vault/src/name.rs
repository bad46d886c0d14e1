//! Validates the names that people choose for projects, API keys and connector profiles, and the characters of every
//! other string that is shown to people.

/// The maximum length of a name, in characters.
const MAX_LENGTH: usize = 100;

/// The error for a string that is not a valid name.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
#[error("must be 1 to {MAX_LENGTH} printable characters")]
pub struct NameError;

/// Trims the whitespace around a name. Fails unless 1 to 100 printable characters remain.
pub fn display_name(text: &str) -> Result<&str, NameError> {
    let name = text.trim();
    let length = name.chars().count();
    if length == 0 || MAX_LENGTH < length || !name.chars().all(is_printable) {
        return Err(NameError);
    }
    Ok(name)
}

/// Returns whether a character may be part of a string that is shown to people. Control characters may not, nor
/// invisible characters and those that change the direction of text, because a string with them can look like another.
/// The joiners U+200C and U+200D may, because some scripts and emoji need them.
pub fn is_printable(ch: char) -> bool {
    let is_hidden = matches!(
        ch,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
    );
    !ch.is_control() && !is_hidden
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_1_to_100_printable_characters() {
        let longest = "ü".repeat(100);
        for (text, expected) in [
            ("Shop", Ok("Shop")),
            ("  Shop one\n", Ok("Shop one")),
            (longest.as_str(), Ok(longest.as_str())),
            ("", Err(NameError)),
            (" \t", Err(NameError)),
            ("a\0b", Err(NameError)),
            ("a\nb", Err(NameError)),
            ("Acme\u{202e}moc", Err(NameError)),
            ("a\u{2066}b", Err(NameError)),
            ("a\u{200b}b", Err(NameError)),
            ("می\u{200c}خواهم", Ok("می\u{200c}خواهم")),
            (&format!("{longest}x"), Err(NameError)),
        ] {
            assert_eq!(display_name(text), expected, "{text:?}");
        }
        assert_eq!(NameError.to_string(), "must be 1 to 100 printable characters");
    }
}
