//! Tests that `docs/embedding.md` explains every error code that the pages report.

use hub::pages::Trouble;
use strum::VariantNames as _;

#[test]
fn every_error_code_is_documented() {
    let documentation = include_str!("../../../../docs/embedding.md");
    // `unreachable` comes from the custom element itself. All other codes are variants of `Trouble`.
    for code in [&["unreachable"], Trouble::VARIANTS].concat() {
        assert!(documentation.contains(&format!("`{code}`")), "docs/embedding.md does not explain `{code}`");
    }
}
