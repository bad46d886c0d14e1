//! Validates the names that people choose for projects, API keys and connector profiles.

/// The maximum length of a name, in characters.
const MAX_LENGTH: usize = 100;

/// The error for a string that is not a valid name.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
#[error("must be 1 to {MAX_LENGTH} printable characters")]
pub struct NameError;

/// Trims the whitespace around a name. Fails unless 1 to 100 characters remain and none of them is a control character.
pub fn display_name(text: &str) -> Result<&str, NameError> {
    let name = text.trim();
    let length = name.chars().count();
    if length == 0 || MAX_LENGTH < length || name.chars().any(char::is_control) {
        return Err(NameError);
    }
    Ok(name)
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
            (&format!("{longest}x"), Err(NameError)),
        ] {
            assert_eq!(display_name(text), expected, "{text:?}");
        }
        assert_eq!(NameError.to_string(), "must be 1 to 100 printable characters");
    }
}
