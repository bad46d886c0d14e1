//! Where in the text a rule's finding stands.
//!
//! The model holds the places of whole nodes and texts; a caret under a whole step helps nobody, so the words
//! themselves are looked for.

use guide::{Source, Span};

/// The first line of a node.
pub(crate) fn head(source: &Source, node: Span) -> Span {
    source.first_line(node)
}

/// The words within a text that stands at `within`: the occurrence with this number, from 0; the first line of
/// the text, where an escape or a folded line hides them.
pub(crate) fn nth(source: &Source, within: Span, words: &str, n: usize) -> Span {
    match source.slice(within).match_indices(words).nth(n) {
        Some((at, _)) if !words.is_empty() => Span::new(within.start + at, within.start + at + words.len()),
        _ => source.first_line(within),
    }
}

/// The words, at their first occurrence after a node's key; the key itself, where they come before it.
pub(crate) fn after(source: &Source, key: Span, words: &str) -> Span {
    // A node is seldom longer than this, and another node's words would be worse than the key.
    const REACH: usize = 2000;
    let end = source.text.floor_char_boundary((key.end + REACH).min(source.text.len()));
    match source.text.get(key.end..end).and_then(|text| text.find(words)) {
        Some(at) if !words.is_empty() => Span::new(key.end + at, key.end + at + words.len()),
        _ => key,
    }
}
