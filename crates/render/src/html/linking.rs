//! The style sheet for the linking pages, which show the guide next to the form.
//!
//! **Invariant:** the brand's colors are readable on every background in the style sheet, light and dark.

use guide::Brand;

use super::shell::{ACCENT, ACCENT_DARK};
use crate::color::Color;

/// The darkest background on light pages, on which the accent color must be readable: `--raised` in `linking.css`.
const GROUND: Color = Color::new(0xe9, 0xec, 0xef);
/// The lightest background on dark pages: `--raised` in `linking-dark.css`.
const GROUND_DARK: Color = Color::new(0x24, 0x29, 0x2f);

/// Returns the style sheet for the linking pages, in the brand's colors.
pub fn linking_stylesheet(brand: &Brand) -> String {
    let color = |text: &Option<String>| text.as_deref().and_then(Color::parse);
    let (light, dark) = (color(&brand.theme.accent), color(&brand.theme.accent_dark));
    let accent = |color: Color| format!("--accent:{color};--on-accent:{};", color.text_on());
    let on_light = accent(light.unwrap_or(ACCENT).readable_on(GROUND));
    let on_dark = accent(dark.or(light).unwrap_or(ACCENT_DARK).readable_on(GROUND_DARK));
    // The dark colors appear twice: for readers who prefer dark pages, and for pages that require dark colors. With
    // compression, the second copy costs almost nothing.
    let on_dark = format!("{}{on_dark}", include_str!("linking-dark.css"));
    let fixed = include_str!("linking.css");
    fixed.replace("/* light */", &on_light).replace("/* dark */", &on_dark)
}
