//! Source spans for the rules' findings.
//!
//! The model records the spans of whole nodes only. Underlining a whole step would not help the author, so these
//! functions search the source for the words that a finding refers to.

use guide::{Source, Span};

/// The span of the `n`th occurrence (counted from 0) of the words in `within`, or of the first line of `within` if the
/// words are not found, for example because of an escape or a folded line.
pub(crate) fn nth(source: &Source, within: Span, words: &str, n: usize) -> Span {
    match source.slice(within).match_indices(words).nth(n) {
        Some((at, _)) if !words.is_empty() => Span::new(within.start + at, within.start + at + words.len()),
        _ => source.first_line(within),
    }
}

/// The span of the first occurrence of the words after a node's key, or of the key itself if the words are not found.
pub(crate) fn after(source: &Source, key: Span, words: &str) -> Span {
    // How far to search, in bytes. Few nodes are longer than this. Searching further could find the words in another
    // node, and a span there would be worse than the span of the key.
    const REACH: usize = 2000;
    let end = source.text.floor_char_boundary((key.end + REACH).min(source.text.len()));
    match source.text.get(key.end..end).and_then(|text| text.find(words)) {
        Some(at) if !words.is_empty() => Span::new(key.end + at, key.end + at + words.len()),
        _ => key,
    }
}
