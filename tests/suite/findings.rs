//! Guides and brands with one mistake each, and the findings that report the mistakes: `corpus/findings/<mistake>/` and
//! `corpus/brands/<mistake>/`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use catalog::Entry;

use crate::corpus::{Case, Differences, cases, folder, is_updating};
use crate::waystone;

const CORPUS: &str = "findings";
const BRANDS: &str = "brands";

#[test]
fn findings_are_as_expected() {
    let mut differences = Differences::default();
    for case in cases(CORPUS, "guide.yaml") {
        let run = waystone::check(&folder(CORPUS), &case.name);
        let has_errors = run.out.lines().any(|line| line.starts_with("error["));
        if run.out.is_empty() || run.code != i32::from(has_errors) {
            differences.add(format!(
                "{}: exit code {}, {} bytes of findings",
                case.name,
                run.code,
                run.out.len()
            ));
        }
        differences.compare(&case.folder.join("expected.txt"), &run.out);
    }
    differences.report();
}

#[test]
fn findings_about_brands_are_as_expected() {
    let mut differences = Differences::default();
    for case in cases(BRANDS, "brand.yaml") {
        let arguments = ["render", "gladly", "--to", "text", "--color", "never", "--brand", "brand.yaml"];
        let run = waystone::run(&case.folder, &arguments);
        assert_eq!((run.code, run.out.as_str()), (1, ""), "{}", case.name);
        differences.compare(&case.folder.join("expected.txt"), &run.err);
    }
    differences.report();
}

#[test]
fn every_offered_edit_of_a_brand_fixes_it() {
    let mut edits = 0;
    for case in cases(BRANDS, "brand.yaml") {
        let bytes = fs::read(case.folder.join("brand.yaml")).expect("a file");
        let reading = guide::read_brand("brand.yaml", &bytes);
        for fix in reading.findings.iter().filter_map(|finding| finding.fix.as_ref()) {
            let mut fixed = reading.source.text.clone();
            fixed.replace_range(fix.span.range(), &fix.text);
            let after = guide::read_brand("brand.yaml", fixed.as_bytes());
            assert!(after.findings.is_empty(), "{}: {:?}", case.name, after.findings);
            edits += 1;
        }
    }
    assert!(edits > 0, "no edit was tried");
}

#[test]
fn every_case_has_an_expected_text_and_no_stray_files() {
    for case in cases(CORPUS, "guide.yaml") {
        let expected = case.folder.join("expected.txt").is_file();
        assert!(
            expected || is_updating(),
            "{}: expected.txt is missing; run UPDATE=1 cargo test -p suite findings::",
            case.name
        );
        for entry in fs::read_dir(&case.folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let is_image = path.extension().is_some_and(|end| end == "svg" || end == "png");
            let is_ours = ["guide.yaml", "good.yaml", "expected.txt"].iter().any(|name| path.ends_with(name));
            assert!(is_image || is_ours, "{}: {} does not belong to the case", case.name, path.display());
        }
    }
}

/// Returns the codes in a case's expected output, in order.
fn codes(case: &Case) -> Vec<String> {
    let expected = fs::read_to_string(case.folder.join("expected.txt")).unwrap_or_default();
    let heads = expected.lines().filter_map(|line| Some(line.split_once('[')?.1.split_once("]:")?.0));
    heads.map(str::to_owned).collect()
}

#[test]
fn every_kind_of_finding_has_a_case() {
    // The expected output may be incomplete while another test updates it.
    if is_updating() {
        return;
    }
    let mut shown = BTreeSet::new();
    for case in cases(CORPUS, "guide.yaml") {
        shown.extend(codes(&case));
    }
    for case in cases(BRANDS, "brand.yaml") {
        shown.extend(codes(&case));
    }
    // Only a file that is too large for the corpus reaches the limit on the number of findings. The `hostile` tests
    // generate one.
    shown.insert("W0011".to_owned());
    let missing: Vec<_> = lint::pages().map(|page| page.code).filter(|code| !shown.contains(*code)).collect();
    assert!(missing.is_empty(), "the corpora have no case for {missing:?}");
}

/// `good.yaml` is the bad guide with its mistake fixed. It shows authors how small the fix is.
#[test]
fn a_fixed_guide_has_no_findings() {
    let mut differences = Differences::default();
    for case in cases(CORPUS, "guide.yaml") {
        let Ok(bytes) = fs::read(case.folder.join("good.yaml")) else { continue };
        let mut entry = Entry::new(&case.name, "good.yaml", &bytes);
        entry.assets = assets(&case);
        for finding in lint::check(&entry, Some(waystone::TODAY)) {
            let line = entry.reading.source.place(finding.span.start).line;
            let (code, message) = (finding.code.code, &finding.message);
            differences.add(format!("{}/good.yaml:{line}: {code}: {message}", case.name));
        }
    }
    differences.report();
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
fn every_rule_has_a_bad_guide_and_a_fixed_guide() {
    if is_updating() {
        return;
    }
    let mut fixed = BTreeSet::new();
    for case in cases(CORPUS, "guide.yaml").iter().filter(|case| case.folder.join("good.yaml").is_file()) {
        let codes = codes(case);
        assert!(
            codes.len() == 1,
            "{}: a guide with a good.yaml must have exactly one finding, not {codes:?}",
            case.name
        );
        fixed.extend(codes);
    }
    let rules = lint::RULES.iter().map(|rule| rule.page.code);
    let missing: Vec<_> = rules.filter(|code| !fixed.contains(*code)).collect();
    assert!(missing.is_empty(), "corpus/{CORPUS} has no case with a good.yaml for {missing:?}");
}

/// `waystone check --fix` drops an edit that does not help, but no finding should offer one: each edit must fix its finding
/// and cause no new findings.
#[test]
fn every_offered_edit_fixes_its_finding() {
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
            let mut fixed = text.clone();
            fixed.replace_range(fix.span.range(), &fix.text);
            let (_, after) = check(fixed.as_bytes());
            let remains =
                after.iter().any(|other| other.code == finding.code && other.message == finding.message);
            let count = before.iter().filter(|other| other.message == finding.message).count();
            if remains && count == 1 {
                differences.add(format!("{}: `{}` remains after its edit", case.name, finding.message));
            }
            if after.len() > before.len() {
                let new: Vec<_> = after.iter().map(|finding| &finding.message).collect();
                differences
                    .add(format!("{}: the edit for `{}` adds findings: {new:?}", case.name, finding.message));
            }
            edits += 1;
        }
    }
    assert!(edits > 20, "only {edits} edits were tried");
    differences.report();
}
