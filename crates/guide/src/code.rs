//! The kinds of findings that reading a guide can give, each with its page.
//!
//! A page is one value: `waystone explain`, the line that says why, the general advice and the index are all
//! made from it. Codes are `W` and four digits and are never used again for something else: `W00…` is text,
//! `W01…` shape, `W02…` meaning; `W03…` and up are the rules of the crate `lint`.

mod meaning;
mod shape;
mod text;

use crate::page::CodePage;

pub(crate) use self::meaning::*;
pub(crate) use self::shape::*;
pub(crate) use self::text::*;

/// All pages of this crate, by code.
pub fn pages() -> impl Iterator<Item = &'static CodePage> {
    [text::PAGES, shape::PAGES, meaning::PAGES].into_iter().flatten().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_one_of_a_kind_and_in_order() {
        let codes: Vec<_> = pages().map(|page| page.code).collect();
        assert!(codes.is_sorted_by(|a, b| a < b), "{codes:?}");
        for page in pages() {
            assert!(page.code.len() == 5 && page.code.starts_with('W'), "{}", page.code);
            assert!(!page.summary.ends_with('.') && !page.why.ends_with('.'), "{}: no full stop", page.code);
        }
    }
}
