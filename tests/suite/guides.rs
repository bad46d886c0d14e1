//! Good guides: `corpus/guides/ok/<what-it-uses>/`, and those that ship.
//!
//! Silence is the expectation. A case with an `expected.txt` beside it is one that gives warnings, and those.

use std::path::{Path, PathBuf};

use crate::corpus::{Differences, cases, folder};
use crate::waystone;

/// The corpus.
pub(crate) const CORPUS: &str = "guides/ok";

/// The guides' files of the corpus, and those that ship.
pub(crate) fn files() -> Vec<PathBuf> {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the root").join("guides");
    let shipped = std::fs::read_dir(shipped)
        .expect("the guides that ship")
        .map(|entry| entry.expect("an entry").path());
    let ok = cases(CORPUS, "guide.yaml").into_iter().map(|case| case.folder);
    let mut files: Vec<_> =
        shipped.chain(ok).map(|folder| folder.join("guide.yaml")).filter(|path| path.is_file()).collect();
    files.sort();
    files
}

#[test]
fn a_good_guide_gives_no_error_and_no_unexpected_warning() {
    let mut differences = Differences::default();
    for case in cases(CORPUS, "guide.yaml") {
        let run = waystone::check(&folder(CORPUS), &case.name);
        if run.code != 0 {
            differences.note(format!("{}: exit code {}\n{}{}", case.name, run.code, run.out, run.err));
            continue;
        }
        differences.compare(&case.folder.join("expected.txt"), &run.out);
    }
    differences.tell();
}

#[test]
fn nothing_is_said_about_the_guides_that_ship() {
    let run = waystone::run(
        &folder(CORPUS),
        &["check", "--color", "never", "--today", waystone::TODAY, "--deny", "warnings"],
    );
    assert!(run.code == 0 && run.out.is_empty(), "{}", run.out);
}
