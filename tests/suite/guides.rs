//! Good guides: `corpus/guides/ok/<feature>/` and the built-in guides.
//!
//! They must have no findings, except that a case with an `expected.txt` must have exactly the warnings in that file.

use std::path::{Path, PathBuf};

use guide::{Method, OutcomeKind, Target};

use crate::corpus::{Differences, cases, folder};
use crate::waystone;

/// The corpus of good guides.
pub(crate) const CORPUS: &str = "guides/ok";

/// Returns the paths of all good guides: those in the corpus and the built-in guides.
pub(crate) fn files() -> Vec<PathBuf> {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the root").join("guides");
    let shipped = std::fs::read_dir(shipped)
        .expect("cannot read the built-in guides")
        .map(|entry| entry.expect("an entry").path());
    let ok = cases(CORPUS, "guide.yaml").into_iter().map(|case| case.folder);
    let mut files: Vec<_> =
        shipped.chain(ok).map(|folder| folder.join("guide.yaml")).filter(|path| path.is_file()).collect();
    files.sort();
    files
}

#[test]
fn a_good_guide_has_no_errors_and_only_expected_warnings() {
    let mut differences = Differences::default();
    for case in cases(CORPUS, "guide.yaml") {
        let run = waystone::check(&folder(CORPUS), &case.name);
        if run.code != 0 {
            differences.add(format!("{}: exit code {}\n{}{}", case.name, run.code, run.out, run.err));
            continue;
        }
        differences.compare(&case.folder.join("expected.txt"), &run.out);
    }
    differences.report();
}

#[test]
fn the_built_in_guides_have_no_findings() {
    let run = waystone::run(
        &folder(CORPUS),
        &["check", "--color", "never", "--today", waystone::TODAY, "--deny", "warnings"],
    );
    assert!(run.code == 0 && run.out.is_empty(), "{}", run.out);
}

/// A person can follow this advice only if it says which addresses to allow.
#[test]
fn advice_about_ip_addresses_names_the_products_addresses() {
    let mut found = 0;
    for entry in catalog::shipped().entries() {
        let guide = entry.guide().expect("a guide");
        for rule in guide.methods.iter().flat_map(Method::all_outcomes) {
            // A rule without its own advice has the default advice, which names the addresses.
            let Some(fix) = &rule.fix else { continue };
            let is_about_addresses = fix.to_string().split_whitespace().any(|word| word == "IP");
            if rule.is == OutcomeKind::IpBlocked || is_about_addresses {
                let names_them = |target: &Target| matches!(target, Target::BrandEgressAddresses);
                let is_named = fix.references().any(|reference| names_them(&reference.target));
                assert!(
                    is_named,
                    "{}: the advice of `{}` doesn't say which addresses",
                    entry.folder, rule.key
                );
                found += 1;
            }
        }
    }
    assert!(found >= 5, "only {found} rules are about addresses");
}
