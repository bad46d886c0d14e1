//! The corpora on disk: lists their cases, compares results with the expected output, and updates the expected output.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// A case: a folder whose name describes it.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
}

/// Returns the folder of a corpus, for example `findings` or `guides/ok`.
pub(crate) fn folder(corpus: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(corpus)
}

/// Returns the cases in a corpus, sorted by name. Panics if a folder does not contain the input file.
#[track_caller]
pub(crate) fn cases(corpus: &str, input: &str) -> Vec<Case> {
    let root = folder(corpus);
    let entries = fs::read_dir(&root).unwrap_or_else(|error| panic!("{}: {error}", root.display()));
    let mut cases: Vec<Case> = entries
        .map(|entry| entry.expect("cannot read the folder").path())
        .filter(|path| path.is_dir())
        .map(|folder| Case {
            name: folder.file_name().expect("a name").to_string_lossy().into_owned(),
            folder,
        })
        .collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(!cases.is_empty(), "{} has no case", root.display());
    for case in &cases {
        let is_words =
            case.name.split('-').all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase()));
        assert!(
            is_words,
            "{corpus}/{}: a case's name must consist of words with hyphens between them",
            case.name
        );
        assert!(case.folder.join(input).is_file(), "{corpus}/{}: {input} is missing", case.name);
    }
    cases
}

/// Whether to update the expected output instead of comparing it.
pub(crate) fn is_updating() -> bool {
    std::env::var_os("UPDATE").is_some_and(|value| value == "1")
}

/// Collects the differences between actual and expected output for many cases, so that they are reported together.
#[derive(Debug, Default)]
pub(crate) struct Differences(Vec<String>);

impl Differences {
    /// Compares a string with the contents of a file. If there is no file, the expected string is empty.
    pub(crate) fn compare(&mut self, file: &Path, actual: &str) {
        let expected = fs::read_to_string(file).ok();
        if expected.as_deref().unwrap_or_default() == actual && expected.is_some() != actual.is_empty() {
            return;
        }
        if is_updating() {
            let written = if actual.is_empty() { fs::remove_file(file) } else { fs::write(file, actual) };
            written.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            return;
        }
        let expected = expected.unwrap_or_default();
        self.0.push(format!("{}\n{}", file.display(), difference(&expected, actual)));
    }

    /// Adds a difference that an update cannot resolve.
    pub(crate) fn add(&mut self, message: impl Into<String>) {
        self.0.push(message.into());
    }

    /// Panics with all differences, if there are any.
    #[track_caller]
    pub(crate) fn report(self) {
        let n = self.0.len();
        let hint = "If these changes are intended, run UPDATE=1 cargo test -p suite";
        assert!(n == 0, "{n} results differ from the expected output.\n\n{}\n{hint}", self.0.join("\n"));
    }
}

/// Returns the lines that differ, without the common lines before and after them.
fn difference(expected: &str, actual: &str) -> String {
    let (old, new): (Vec<_>, Vec<_>) = (expected.lines().collect(), actual.lines().collect());
    let front = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - front;
    let back = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let mut out = String::new();
    for line in &old[front..old.len() - back] {
        let _ = writeln!(out, "  - {line}");
    }
    for line in &new[front..new.len() - back] {
        let _ = writeln!(out, "  + {line}");
    }
    out
}
