//! The one rule for names that people choose: of projects, API keys and connector profiles.

use std::fmt;

/// The longest name, in characters.
const LONGEST: usize = 100;

/// A text is not a usable name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameError;

/// The name without surrounding spaces, if it has 1 to 100 characters and no control characters.
pub fn display_name(text: &str) -> Result<&str, NameError> {
    let name = text.trim();
    let length = name.chars().count();
    if length == 0 || LONGEST < length || name.chars().any(char::is_control) {
        return Err(NameError);
    }
    Ok(name)
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "must be 1 to {LONGEST} printable characters")
    }
}

impl std::error::Error for NameError {}

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
            (&format!("{longest}x"), Err(NameError)),
        ] {
            assert_eq!(display_name(text), expected, "{text:?}");
        }
        assert_eq!(NameError.to_string(), "must be 1 to 100 printable characters");
    }
}
