//! Validates the names that people choose for projects, API keys and connector profiles, and the characters of every
//! other string that is shown to people.

/// The maximum length of a name, in characters.
const MAX_LENGTH: usize = 100;

/// The joiners and the variation selectors of emoji, which have no width. Some scripts and emoji need them after other
/// characters.
const JOINERS: [char; 4] = ['\u{200c}', '\u{200d}', '\u{fe0e}', '\u{fe0f}'];

/// The error for a string that is not a valid name.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
#[error("must be 1 to {MAX_LENGTH} printable characters")]
pub struct NameError;

/// Trims the whitespace around a name. Fails unless 1 to 100 printable characters remain.
pub fn display_name(text: &str) -> Result<&str, NameError> {
    let name = text.trim();
    if MAX_LENGTH < name.chars().count() || !is_printable(name) {
        return Err(NameError);
    }
    Ok(name)
}

/// Returns whether a string can be shown to people. It must contain a visible character, but no control characters, no
/// invisible characters and none that change the direction of text, because a string with them can look like another.
pub fn is_printable(text: &str) -> bool {
    text.chars().any(|ch| !JOINERS.contains(&ch)) && !text.chars().any(is_hidden)
}

/// Returns whether a character is a control character, changes the direction of text, or is invisible: those that
/// Unicode calls default ignorable, except for the joiners and the variation selectors of emoji, and the blanks that are
/// not spaces.
fn is_hidden(ch: char) -> bool {
    ch.is_control()
        || matches!(
            ch,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
                | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
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
            ("\u{3164}", Err(NameError)),
            ("\u{2800}", Err(NameError)),
            ("\u{200d}\u{200c}", Err(NameError)),
            ("می\u{200c}خواهم", Ok("می\u{200c}خواهم")),
            (&format!("{longest}x"), Err(NameError)),
        ] {
            assert_eq!(display_name(text), expected, "{text:?}");
        }
        assert_eq!(NameError.to_string(), "must be 1 to 100 printable characters");
    }
}
