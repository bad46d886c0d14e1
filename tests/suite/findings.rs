//! Bad guides, and what their authors are told: `corpus/findings/<what-is-wrong>/`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use catalog::Entry;

use crate::corpus::{Case, Differences, cases, folder, is_blessing};
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
            let is_ours = ["guide.yaml", "good.yaml", "expected.txt"].iter().any(|name| path.ends_with(name));
            assert!(is_image || is_ours, "{}: {} belongs to nothing", case.name, path.display());
        }
    }
}

/// The codes that a case shows, in the order of its expectation.
fn codes(case: &Case) -> Vec<String> {
    let expected = fs::read_to_string(case.folder.join("expected.txt")).unwrap_or_default();
    let heads = expected.lines().filter_map(|line| Some(line.split_once('[')?.1.split_once("]:")?.0));
    heads.map(str::to_owned).collect()
}

#[test]
fn every_kind_of_finding_has_a_case() {
    // While expectations are written, in parallel with this, they are not all there.
    if is_blessing() {
        return;
    }
    let mut shown = BTreeSet::new();
    for case in cases(CORPUS, "guide.yaml") {
        shown.extend(codes(&case));
    }
    // More findings than are shown come only of a file that is too long to be stored: `hostile` makes it.
    shown.insert("W0011".to_owned());
    let missing: Vec<_> = lint::pages().map(|page| page.code).filter(|code| !shown.contains(*code)).collect();
    assert!(missing.is_empty(), "no case in corpus/{CORPUS} shows {missing:?}");
}

/// A good guide is the bad one, mended: whoever meets the finding sees how little has to change.
#[test]
fn nothing_is_said_about_a_mended_guide() {
    let mut differences = Differences::default();
    for case in cases(CORPUS, "guide.yaml") {
        let Ok(bytes) = fs::read(case.folder.join("good.yaml")) else { continue };
        let mut entry = Entry::new(&case.name, "good.yaml", &bytes);
        entry.assets = assets(&case);
        for finding in lint::check(&entry, Some(waystone::TODAY)) {
            let line = entry.reading.source.place(finding.span.start).line;
            let (code, message) = (finding.code.code, &finding.message);
            differences.note(format!("{}/good.yaml:{line}: {code}: {message}", case.name));
        }
    }
    differences.tell();
}

fn assets(case: &Case) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(&case.folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let assets = files.filter(|path| path.extension().is_some_and(|end| end == "svg" || end == "png"));
    let named = |path: PathBuf| {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        (name, fs::read(&path).expect("a file"))
    };
    assets.map(named).collect()
}

#[test]
fn every_rule_has_a_bad_guide_and_the_same_one_mended() {
    if is_blessing() {
        return;
    }
    let mut mended = BTreeSet::new();
    for case in cases(CORPUS, "guide.yaml").iter().filter(|case| case.folder.join("good.yaml").is_file()) {
        let codes = codes(case);
        assert!(codes.len() == 1, "{}: a guide that is mended shows one finding, not {codes:?}", case.name);
        mended.extend(codes);
    }
    let rules = lint::RULES.iter().map(|rule| rule.page.code);
    let missing: Vec<_> = rules.filter(|code| !mended.contains(*code)).collect();
    assert!(
        missing.is_empty(),
        "no case in corpus/{CORPUS} has a good.yaml beside a bad guide for {missing:?}"
    );
}

/// An edit that a finding offers is made by `waystone check --fix` without anybody looking.
#[test]
fn every_edit_that_is_offered_mends_what_it_is_offered_for() {
    let mut differences = Differences::default();
    let mut edits = 0;
    for case in cases(CORPUS, "guide.yaml") {
        let bytes = fs::read(case.folder.join("guide.yaml")).expect("a file");
        let check = |bytes: &[u8]| {
            let mut entry = Entry::new(&case.name, "guide.yaml", bytes);
            entry.assets = assets(&case);
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
