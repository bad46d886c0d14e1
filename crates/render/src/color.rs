//! A brand's colors, adjusted to be readable.
//!
//! **Invariant:** a color from [`Color::readable_on`] has a contrast of at least 4.5:1 with its background ([WCAG 2.2,
//! 1.4.3](https://www.w3.org/TR/WCAG22/#contrast-minimum)), whatever color the brand specifies.

use std::fmt;

/// An sRGB color.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color([u8; 3]);

impl Color {
    /// Parses `#rrggbb`. Returns `None` for any other notation.
    pub fn parse(text: &str) -> Option<Self> {
        let is_hex = |digits: &&str| digits.bytes().all(|b| b.is_ascii_hexdigit());
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6).filter(is_hex)?;
        let [_, red, green, blue] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
        Some(Self([red, green, blue]))
    }

    /// Creates a color from its components.
    pub(crate) const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self([red, green, blue])
    }

    /// Returns this color if it is readable on the background, or else a darker or lighter shade that is readable.
    #[must_use]
    pub fn readable_on(self, background: Self) -> Self {
        let toward = if background.luminance() > 0.18 { 0 } else { 255 };
        let mut color = self;
        for _ in 0..64 {
            if color.contrast(background) >= 4.5 {
                break;
            }
            color = Self(color.0.map(|part| {
                let step = (i16::from(toward) - i16::from(part)) / 16;
                let least = (i16::from(toward) - i16::from(part)).signum();
                let moved = i16::from(part) + if step == 0 { least } else { step };
                u8::try_from(moved.clamp(0, 255)).unwrap_or(toward)
            }));
        }
        color
    }

    /// Returns black or white, whichever is readable on this color.
    #[must_use]
    pub fn text_on(self) -> Self {
        let (black, white) = (Self([0; 3]), Self([255; 3]));
        if white.contrast(self) >= 4.5 { white } else { black }
    }

    fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_color_becomes_readable() {
        for background in ["#ffffff", "#fbfaf8", "#15181c", "#000000"].map(|text| Color::parse(text).unwrap())
        {
            for n in 0..=0xfff_u32 {
                let part = |shift: u32| u8::try_from((n >> shift & 0xf) * 17).unwrap();
                let color = Color::new(part(8), part(4), part(0));
                assert!(color.readable_on(background).contrast(background) >= 4.5, "{color} on {background}");
                assert!(color.text_on().contrast(color) >= 4.5, "text on {color}");
            }
        }
    }

    #[test]
    fn a_color_has_six_hex_digits() {
        assert_eq!(Color::parse("#0B6e4f").unwrap().to_string(), "#0b6e4f");
        for bad in ["", "#fff", "0b6e4f", "#0b6e4g", "#+b6e4f", "red", "#0b6e4f;}", "#ééé"] {
            assert_eq!(Color::parse(bad), None, "{bad}");
        }
    }
}
