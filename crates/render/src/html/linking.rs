//! The style sheet of pages on which people link: the guide beside a form.
//!
//! **Invariant:** the brand's colors can be read on every ground of the style sheet, light and dark.

use guide::Brand;

use super::shell::{ACCENT, ACCENT_DARK};
use crate::color::Color;

/// The darkest light ground and the lightest dark one. They must agree with `--raised` in `linking.css`: links
/// are made readable on these.
const GROUND: Color = Color::new(0xe9, 0xec, 0xef);
const GROUND_DARK: Color = Color::new(0x24, 0x29, 0x2f);

/// The style sheet of pages on which people link, in the brand's colors.
pub fn linking_stylesheet(brand: &Brand) -> String {
    let color = |text: &Option<String>| text.as_deref().and_then(Color::parse);
    let (light, dark) = (color(&brand.theme.accent), color(&brand.theme.accent_dark));
    let accent = |color: Color| format!("--accent:{color};--on-accent:{};", color.text_on());
    let on_light = accent(light.unwrap_or(ACCENT).readable_on(GROUND));
    let on_dark = accent(dark.or(light).unwrap_or(ACCENT_DARK).readable_on(GROUND_DARK));
    // Dark is written out twice, for readers who have it so and for pages that are to be dark; zipped it is one.
    let on_dark = format!("{}{on_dark}", include_str!("linking-dark.css"));
    let fixed = include_str!("linking.css");
    fixed.replace("/* light */", &on_light).replace("/* dark */", &on_dark)
}
