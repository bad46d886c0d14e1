//! Bad guides, and what their authors are told: `corpus/findings/<what-is-wrong>/`.

use std::collections::BTreeSet;
use std::fs;

use catalog::Entry;

use crate::corpus::{Differences, cases, folder, is_blessing};
use crate::waystone;

const CORPUS: &str = "findings";

#[test]
fn what_an_author_is_told_is_as_expected() {
    let mut differences = Differences::default();
    for case in cases(CORPUS, "guide.yaml") {
        let run = waystone::check(&folder(CORPUS), &case.name);
        let has_errors = run.out.lines().any(|line| line.starts_with("error["));
        if run.out.is_empty() || run.code != i32::from(has_errors) {
            differences.note(format!(
                "{}: exit code {}, and {} bytes of findings",
                case.name,
                run.code,
                run.out.len()
            ));
        }
        differences.compare(&case.folder.join("expected.txt"), &run.out);
    }
    differences.tell();
}

#[test]
fn every_case_has_an_expectation_and_nothing_is_left_over() {
    for case in cases(CORPUS, "guide.yaml") {
        let expected = case.folder.join("expected.txt").is_file();
        assert!(
            expected || is_blessing(),
            "{}: there is no expected.txt: UPDATE=1 cargo test -p suite",
            case.name
        );
        for entry in fs::read_dir(&case.folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let is_image = path.extension().is_some_and(|end| end == "svg" || end == "png");
            let is_ours = path.ends_with("guide.yaml") || path.ends_with("expected.txt");
            assert!(is_image || is_ours, "{}: {} belongs to nothing", case.name, path.display());
        }
    }
}

#[test]
fn every_kind_of_finding_has_a_case() {
    // While expectations are written, in parallel with this, they are not all there.
    if is_blessing() {
        return;
    }
    let mut shown = BTreeSet::new();
    for case in cases(CORPUS, "guide.yaml") {
        let expected = fs::read_to_string(case.folder.join("expected.txt")).unwrap_or_default();
        let codes =
            expected.lines().filter_map(|line| Some(line.split_once('[')?.1.split_once("]:")?.0.to_owned()));
        shown.extend(codes);
    }
    // More findings than are shown come only of a file that is too long to be stored: `hostile` makes it.
    shown.insert("W0011".to_owned());
    let missing: Vec<_> = lint::pages().map(|page| page.code).filter(|code| !shown.contains(*code)).collect();
    assert!(missing.is_empty(), "no case in corpus/{CORPUS} shows {missing:?}");
}

/// An edit that a finding offers is made by `waystone check --fix` without anybody looking.
#[test]
fn every_edit_that_is_offered_mends_what_it_is_offered_for() {
    let mut differences = Differences::default();
    let mut edits = 0;
    for case in cases(CORPUS, "guide.yaml") {
        let bytes = fs::read(case.folder.join("guide.yaml")).expect("a file");
        let check = |bytes: &[u8]| {
            let entry = Entry::new(&case.name, "guide.yaml", bytes);
            let findings = lint::check(&entry, Some(waystone::TODAY));
            (entry.reading.source.text.clone(), findings)
        };
        let (text, before) = check(&bytes);
        for finding in &before {
            let Some(fix) = &finding.fix else { continue };
            let mut mended = text.clone();
            mended.replace_range(fix.span.range(), &fix.text);
            let (_, after) = check(mended.as_bytes());
            let is_left =
                after.iter().any(|left| left.code == finding.code && left.message == finding.message);
            let several = before.iter().filter(|other| other.message == finding.message).count();
            if is_left && several == 1 {
                differences.note(format!("{}: `{}` stays after its edit", case.name, finding.message));
            }
            if after.len() > before.len() {
                let new: Vec<_> = after.iter().map(|finding| &finding.message).collect();
                differences.note(format!(
                    "{}: the edit of `{}` makes it worse: {new:?}",
                    case.name, finding.message
                ));
            }
            edits += 1;
        }
    }
    assert!(edits > 20, "only {edits} edits were tried");
    differences.tell();
}
