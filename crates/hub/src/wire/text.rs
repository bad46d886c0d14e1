//! Validates the short strings that a product stores: owner names, people's names, and labels.

use super::error::{ApiError, INVALID_VALUE};

/// The maximum length, in characters.
const LONGEST: usize = 255;

/// Removes surrounding whitespace from a string. The result must have 1 to 255 characters, all of them printable.
pub(crate) fn short_text(name: &str, value: &str) -> Result<String, ApiError> {
    let text = value.trim();
    if (1..=LONGEST).contains(&text.chars().count()) && vault::is_printable(text) {
        return Ok(text.to_owned());
    }
    Err(ApiError::new(&INVALID_VALUE, format!("`{name}` must be 1 to {LONGEST} printable characters")))
}

/// Removes surrounding whitespace from the name of a key or connector profile. The result must have 1 to 100 printable
/// characters.
pub(crate) fn display_name(name: &str) -> Result<String, ApiError> {
    let name = vault::display_name(name).map(str::to_owned);
    name.map_err(|error| ApiError::new(&INVALID_VALUE, format!("`name` {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_text_is_1_to_255_printable_characters() {
        assert_eq!(short_text("label", "  Acme ").unwrap(), "Acme");
        assert!(short_text("label", &"ä".repeat(LONGEST)).is_ok());
        for wrong in ["", "  ", "a\nb", "a\u{0}", "a\u{202e}b", &"a".repeat(LONGEST + 1)] {
            assert!(short_text("label", wrong).is_err(), "{wrong:?}");
        }
    }
}
