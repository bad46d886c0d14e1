//! The rule for short texts that a product keeps: names of owners and people, labels.

use super::error::{ApiError, INVALID_VALUE};

/// The most characters of a short text.
const LONGEST: usize = 255;

/// The text without spaces around it: 1 to 255 characters, none of them a control character.
pub(crate) fn short_text(name: &str, value: &str) -> Result<String, ApiError> {
    let text = value.trim();
    if (1..=LONGEST).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    Err(ApiError::new(&INVALID_VALUE, format!("`{name}` must be 1 to {LONGEST} printable characters")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_text_is_neither_empty_nor_long_and_can_be_seen() {
        assert_eq!(short_text("label", "  Acme ").unwrap(), "Acme");
        assert!(short_text("label", &"ä".repeat(LONGEST)).is_ok());
        for wrong in ["", "  ", "a\nb", "a\u{0}", &"a".repeat(LONGEST + 1)] {
            assert!(short_text("label", wrong).is_err(), "{wrong:?}");
        }
    }
}
