//! Tests that `docs/embedding.md` explains every error code of the pages.

use hub::pages::Trouble;
use strum::VariantNames as _;

#[test]
fn every_error_code_is_documented() {
    let documentation = include_str!("../../../../docs/embedding.md");
    // The custom element itself reports `unreachable`. All other codes are variants of `Trouble`.
    for code in [&["unreachable"], Trouble::VARIANTS].concat() {
        assert!(documentation.contains(&format!("`{code}`")), "docs/embedding.md does not explain `{code}`");
    }
}
