//! Cases on disk: found, compared with what is expected, blessed, and never left over.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// A case: a folder whose name says what it is about.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
}

/// The folder of a corpus: `findings`, `guides/ok`.
pub(crate) fn folder(corpus: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(corpus)
}

/// The cases of a corpus, by name. A folder without the file that makes it a case is an orphan.
#[track_caller]
pub(crate) fn cases(corpus: &str, input: &str) -> Vec<Case> {
    let root = folder(corpus);
    let entries = fs::read_dir(&root).unwrap_or_else(|error| panic!("{}: {error}", root.display()));
    let mut cases: Vec<Case> = entries
        .map(|entry| entry.expect("a readable folder").path())
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
        assert!(is_words, "{corpus}/{}: a case's name is words with hyphens between them", case.name);
        assert!(case.folder.join(input).is_file(), "{corpus}/{}: there is no {input}", case.name);
    }
    cases
}

/// Whether what is expected is to be written instead of compared.
pub(crate) fn is_blessing() -> bool {
    std::env::var_os("UPDATE").is_some_and(|value| value == "1")
}

/// What differs from what is expected, over many cases: all of it is told at once.
#[derive(Debug, Default)]
pub(crate) struct Differences(Vec<String>);

impl Differences {
    /// Compares a text with the file it should be in. Nothing to say is expected by having no file.
    pub(crate) fn compare(&mut self, file: &Path, actual: &str) {
        let expected = fs::read_to_string(file).ok();
        if expected.as_deref().unwrap_or_default() == actual && expected.is_some() != actual.is_empty() {
            return;
        }
        if is_blessing() {
            let written = if actual.is_empty() { fs::remove_file(file) } else { fs::write(file, actual) };
            written.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            return;
        }
        let expected = expected.unwrap_or_default();
        self.0.push(format!("{}\n{}", file.display(), difference(&expected, actual)));
    }

    /// Notes something that no file can be blessed with.
    pub(crate) fn note(&mut self, what: impl Into<String>) {
        self.0.push(what.into());
    }

    /// Fails, if there is anything to tell.
    #[track_caller]
    pub(crate) fn tell(self) {
        let n = self.0.len();
        let hint = "If this is as it should be: UPDATE=1 cargo test -p suite";
        assert!(n == 0, "{n} of the cases are not as expected.\n\n{}\n{hint}", self.0.join("\n"));
    }
}

/// The lines that differ, between the ones before and after that are the same.
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
