//! The linking pages as browsers and parsers see them.
//!
//! What they say is tested in `crates/hub/tests/pages`; this is about markup, looks and use.

use std::path::Path;
use std::process::Command;

use crate::pages::node;
use crate::waystone::example;

/// Every page in its states, of every guide that ships.
fn gallery() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let status = Command::new(example("hub", "gallery")).arg(folder.path()).status();
    assert!(status.expect("it can be started").success(), "the gallery is written");
    folder
}

#[test]
fn linking_pages_parse_are_accessible_and_can_be_used() {
    let folder = gallery();
    node("html-check.mjs", &[folder.path(), Path::new("--linking")]);
    node("linking.mjs", &[folder.path()]);
    // One guide in all its states is looked at in every way, and the form of every other.
    let some = "^gladly--(?!.*-de)|--form[.]|^(?!.*--)";
    node("looks.mjs", &[folder.path(), Path::new("--quick"), Path::new("--only"), Path::new(some)]);
}
