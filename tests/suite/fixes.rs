//! `waystone check --fix` and `--diff`: what they change in files, and what they report.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::corpus::{Differences, cases, folder};
use crate::waystone::{self, Run, TODAY};

/// Writes a guide to `acme/guide.yaml` in a new folder.
fn with_guide(text: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a writable folder");
    fs::create_dir(folder.path().join("acme")).expect("a writable folder");
    fs::write(folder.path().join("acme/guide.yaml"), text).expect("a writable folder");
    folder
}

fn guide_of(folder: &Path) -> String {
    fs::read_to_string(folder.join("acme/guide.yaml")).expect("UTF-8 text")
}

fn check(folder: &Path, options: &[&str]) -> Run {
    let mut arguments = vec!["check", "--color", "never", "--today", TODAY, "acme"];
    arguments.extend(options);
    waystone::run(folder, &arguments)
}

/// A guide without findings, from the corpus.
fn good() -> String {
    let case = folder("findings").join("a-message-without-advice/good.yaml");
    let text = fs::read_to_string(case).expect("UTF-8 text");
    text.replace("key: a-message-without-advice", "key: acme")
}

/// Replaces a part of the guide. Panics if the guide does not contain it.
fn replaced(text: &str, old: &str, new: &str) -> String {
    assert!(text.contains(old), "the guide has no `{old}`");
    text.replace(old, new)
}

#[test]
fn a_fix_is_listed_and_the_file_keeps_its_mark_and_line_ends() {
    let good = good().replace('\n', "\r\n");
    let bad = replaced(&good, "title: Create a Token", "titel: Create a Token");
    let folder = with_guide(&format!("\u{feff}{bad}"));
    let run = check(folder.path(), &["--fix"]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert_eq!(guide_of(folder.path()), format!("\u{feff}{good}"));
    let line = 1 + bad.lines().position(|line| line.contains("titel")).expect("the mistake");
    let note = format!(
        "acme/guide.yaml:{line}: fixed W0102 (unknown-key)\n  - titel: Create a Token\n  + title: Create a Token\n"
    );
    assert!(run.err.contains(&note) && run.err.contains("applied 1 fix"), "{}", run.err);
    let names = fs::read_dir(folder.path().join("acme")).expect("a folder").count();
    assert_eq!(names, 1, "no temporary file is left");
}

#[test]
fn a_diff_shows_the_same_fixes_and_changes_nothing() {
    let good = good();
    let bad = replaced(&good, "title: Create a Token", "titel: Create a Token");
    let folder = with_guide(&bad);
    let run = check(folder.path(), &["--diff"]);
    assert_eq!((run.code, guide_of(folder.path())), (1, bad));
    assert!(run.out.starts_with("--- acme/guide.yaml\n+++ acme/guide.yaml\n@@ "), "{}", run.out);
    let changes: Vec<&str> =
        run.out.lines().skip(3).filter(|line| line.starts_with(['-', '+'])).map(str::trim_end).collect();
    assert!(
        matches!(*changes, [old, new] if old.ends_with("titel: Create a Token") && new.ends_with("title: Create a Token")),
        "{changes:?}"
    );
    assert!(run.err.contains("would apply 1 fix"), "{}", run.err);
    let folder = with_guide(&good);
    let run = check(folder.path(), &["--diff"]);
    assert_eq!((run.code, run.out.as_str()), (0, ""), "{}", run.err);
}

/// Each of these edits could change what the guide does without failing its scenarios.
#[test]
fn a_guess_is_applied_only_if_asked_for() {
    let good = good();
    let guesses = [
        ("{{ value.api_token }}", "{{ value.app_token }}"),
        ("is: wrong_secret", "is: wrong_key"),
        ("outcome: wrong_secret", "outcome: wrong_secrt"),
        ("at_field: api_token", "at_field: api_tokens"),
        ("role: identity", "role: identiti"),
        ("request: GET /me\n", "request: /me\n"),
    ];
    for (right, wrong) in guesses {
        let bad = replaced(&good, right, wrong);
        let folder = with_guide(&bad);
        let run = check(folder.path(), &["--fix"]);
        assert_eq!((run.code, guide_of(folder.path())), (1, bad), "`{wrong}`: {}", run.err);
        assert!(run.err.contains("--unsafe-fixes"), "`{wrong}`: {}", run.err);
        let run = check(folder.path(), &["--fix", "--unsafe-fixes"]);
        assert_eq!((run.code, guide_of(folder.path())), (0, good.clone()), "`{wrong}`: {}", run.err);
    }
}

#[test]
fn an_edit_that_leaves_the_file_unreadable_is_dropped() {
    // The first mistake has an edit, and the second one does not.
    let bad = replaced(&good(), "token: '{{ value.api_token }}'", "token: {{ value.api_token }}");
    let bad = replaced(&bad, "title: Create a Token", "title: 'Create a Token");
    let folder = with_guide(&bad);
    let run = check(folder.path(), &["--fix"]);
    assert_eq!((run.code, guide_of(folder.path())), (1, bad));
    assert!(run.err.contains("not fixed") && run.err.contains("W0010"), "{}", run.err);
}

#[test]
fn several_mistakes_of_one_line_and_several_syntax_errors_are_fixed_together() {
    let good = good();
    let bad = replaced(&good, "token: '{{ value.api_token }}'", "token: {{ value.api_token }}");
    let bad = replaced(&bad, "title: Create a Token", "titel:Create a Token");
    let folder = with_guide(&bad);
    let run = check(folder.path(), &["--fix"]);
    assert_eq!((run.code, guide_of(folder.path())), (0, good), "{}", run.err);
    assert!(run.err.contains("applied 3 fixes"), "{}", run.err);
}

/// YAML parsers disagree on `yes`, and a Boolean is required here: both findings offer an edit for the same word.
#[test]
fn overlapping_edits_are_applied_one_after_the_other() {
    let good = replaced(&good(), "        type: secret\n", "        type: secret\n        required: true\n");
    let folder = with_guide(&replaced(&good, "required: true", "required: yes"));
    let run = check(folder.path(), &["--fix"]);
    assert_eq!((run.code, guide_of(folder.path())), (0, good), "{}", run.err);
}

#[test]
fn options_that_do_nothing_are_refused() {
    let folder = with_guide(&good());
    for (options, message) in [
        (&["--unsafe-fixes"][..], "--unsafe-fixes does nothing on its own"),
        (&["--diff", "--fix"], "cannot be used with"),
        (&["--diff", "--format", "json"], "cannot be used with"),
    ] {
        let run = check(folder.path(), options);
        assert!(run.code == 2 && run.err.contains(message), "{options:?}: {}", run.err);
    }
}

/// Returns the number of errors in each guide of a folder.
fn errors(folder: &Path, name: &str) -> usize {
    let run = waystone::run(folder, &["check", "--format", "json", "--today", TODAY, name]);
    let document: Value = serde_json::from_str(&run.out).expect("JSON");
    usize::try_from(document["errors"].as_u64().expect("a number")).expect("a small number")
}

#[test]
fn no_case_of_the_corpus_gets_worse() {
    let mut differences = Differences::default();
    let folder = tempfile::tempdir().expect("a writable folder");
    let mut edited = 0;
    for case in cases("findings", "guide.yaml") {
        let copy = folder.path().join(&case.name);
        fs::create_dir(&copy).expect("a writable folder");
        for file in fs::read_dir(&case.folder).expect("a folder") {
            let path = file.expect("an entry").path();
            if !path.ends_with("good.yaml") && !path.ends_with("expected.txt") {
                fs::copy(&path, copy.join(path.file_name().expect("a name"))).expect("a writable folder");
            }
        }
        let (path, before) = (copy.join("guide.yaml"), errors(folder.path(), &case.name));
        let old = fs::read(&path).expect("a file");
        let arguments = ["check", "--fix", "--unsafe-fixes", "--today", TODAY, &case.name];
        let run = waystone::run(folder.path(), &arguments);
        let (is_changed, after) =
            (fs::read(&path).expect("a file") != old, errors(folder.path(), &case.name));
        if after > before || is_changed != run.err.contains(": fixed W") {
            differences.add(format!("{}: {before} errors, then {after}:\n{}", case.name, run.err));
        }
        edited += usize::from(is_changed);
    }
    assert!(edited > 40, "only {edited} guides were edited");
    differences.report();
}

#[test]
fn data_formats_carry_the_edits_with_their_applicability() {
    let bad = replaced(&good(), "is: wrong_secret", "is: wrong_key");
    let folder = with_guide(&format!("\u{feff}{bad}"));
    let at = bad.find("wrong_key").expect("the mistake");
    let json: Value = serde_json::from_str(&check(folder.path(), &["--format", "json"]).out).expect("JSON");
    let fix = &json["findings"][0]["fix"];
    assert_eq!(
        (fix["applicability"].as_str(), fix["text"].as_str(), fix["start"].as_u64()),
        (Some("unsafe"), Some("wrong_secret"), u64::try_from(at + 3).ok()),
        "{json}"
    );
    let sarif: Value = serde_json::from_str(&check(folder.path(), &["--format", "sarif"]).out).expect("JSON");
    let result = &sarif["runs"][0]["results"][0];
    let fix = &result["fixes"][0];
    let replacement = &fix["artifactChanges"][0]["replacements"][0];
    assert_eq!(fix["properties"]["applicability"], "unsafe");
    assert_eq!(replacement["insertedContent"]["text"], "wrong_secret");
    assert_eq!(replacement["deletedRegion"], result["locations"][0]["physicalLocation"]["region"]);
    let message = result["message"]["text"].as_str().unwrap_or_default();
    assert!(message.contains("did you mean `wrong_secret`?"), "{message}");
    let help = sarif["runs"][0]["tool"]["driver"]["rules"][0]["help"]["markdown"].as_str();
    assert!(help.is_some_and(|help| help.contains("```yaml")), "{sarif}");
}
