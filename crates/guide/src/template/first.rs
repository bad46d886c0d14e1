//! Finds a reference in a string without parsing it.

use super::roots::ROOTS;

/// Returns the first reference in a string, with its braces.
pub(crate) fn first_reference(text: &str) -> Option<&str> {
    let mut at = 0;
    while let Some(open) = text[at..].find("{{").map(|n| at + n) {
        let close = open + text[open..].find("}}")? + 2;
        let path = text[open + 2..close - 2].trim();
        let is_root = path.split_once('.').is_some_and(|(root, _)| ROOTS.contains(&root));
        if is_root && !text[open..].starts_with("{{{{") {
            return Some(&text[open..close]);
        }
        at = if text[open..].starts_with("{{{{") { open + 4 } else { close };
    }
    None
}
