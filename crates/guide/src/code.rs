//! The pages for all findings that can result from reading a file.
//!
//! Each page provides the text that `waystone explain` shows, the reason and advice below a finding, and an entry in
//! the index of findings. A code consists of `W` and four digits and is never reused. `W00…` codes are about text,
//! `W01…` codes about shape, and `W02…` codes about meaning. `W03…` codes are for the rules in the `lint` crate, and
//! `W04…` codes for scenarios that were run.

mod meaning;
mod shape;
mod text;

use crate::page::CodePage;

pub(crate) use self::meaning::*;
pub(crate) use self::shape::*;
pub(crate) use self::text::*;

/// Returns all pages in this crate, ordered by code.
pub fn pages() -> impl Iterator<Item = &'static CodePage> {
    [text::PAGES, shape::PAGES, meaning::PAGES].into_iter().flatten().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_in_order() {
        let codes: Vec<_> = pages().map(|page| page.code).collect();
        assert!(codes.is_sorted_by(|a, b| a < b), "{codes:?}");
        for page in pages() {
            assert!(page.code.len() == 5 && page.code.starts_with('W'), "{}", page.code);
            assert!(!page.summary.ends_with('.') && !page.why.ends_with('.'), "{}: no period", page.code);
        }
    }
}
