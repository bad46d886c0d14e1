//! The linking pages in browsers and parsers: markup, accessibility, appearance and use.
//!
//! `crates/hub/tests/pages` tests their text.

use std::path::Path;
use std::process::Command;

use crate::pages::node;
use crate::waystone::example;

/// Writes every state of the linking pages, for every built-in guide, into a folder.
fn gallery() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("cannot create a temporary folder");
    let status = Command::new(example("hub", "gallery")).arg(folder.path()).status();
    assert!(status.expect("cannot start the example").success(), "the gallery was not written");
    folder
}

#[test]
fn linking_pages_are_well_formed_accessible_and_usable() {
    let folder = gallery();
    node("html-check.mjs", &[folder.path(), Path::new("--linking")]);
    node("linking.mjs", &[folder.path()]);
    node("failures.mjs", &[folder.path()]);
    // Checks all pages for one guide, and only the form for every other guide.
    let selected = "^gladly--(?!.*-de)|--form[.]|^(?!.*--)";
    node("looks.mjs", &[folder.path(), Path::new("--quick"), Path::new("--only"), Path::new(selected)]);
}
