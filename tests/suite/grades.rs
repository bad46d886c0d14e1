//! Grades: a guide with the highest grade, and edits that each make the guide fail one criterion.

use std::collections::BTreeSet;
use std::fs;

use catalog::Entry;
use lint::{CRITERIA, Criterion};

use crate::corpus::folder;
use crate::guides::CORPUS;
use crate::waystone::{self, TODAY};

/// The guide in the corpus that meets every criterion.
const CASE: &str = "a-guide-of-platinum";

/// An assumed fact, inserted before the other facts.
const GUESS: &str = "evidence:\n  - { claim: A guess., standing: assumed, checked_on: '2026-06-01' }\n";

/// Each criterion, with an edit that makes the guide fail it: the text to replace, and its replacement.
const EDITS: &[(&str, &str, &str)] = &[
    ("needs", "      needs: [The **Owner** role in your Acme account.]\n", ""),
    ("good-scenario", "then: { outcome: ok, account: { id: u1, name: Ada } }", "then: { outcome: unknown }"),
    ("bad-scenario", "scenarios:", "scenarios: []"),
    ("evidence", "evidence:", "evidence: []"),
    ("no-warnings", "title: Get a token", "title: Get a token."),
    (
        "outcomes-reached",
        "- { key: busy,",
        "- { key: full, when: { status: 507 }, is: unknown }\n      - { key: busy,",
    ),
    (
        "fields-tried",
        "        examples:\n          - { typed: 'Token an-example', becomes: an-example }\n",
        "",
    ),
    ("rotation", "          purpose: rotate\n", ""),
    ("revocation", "          purpose: revoke\n", ""),
    ("life", "    credential: { expires: never }\n", ""),
    ("outcomes", "is: provider_down", "is: unknown"),
    ("ways-out", "        return_to: create-token\n", ""),
    ("environments", "        environment: sandbox\n", ""),
    ("sources", "checked_on: '2026-06-01'", "checked_on: '2025-06-01'"),
    ("permissions", "scopes: [tickets.read] }", "scopes: [] }"),
    ("nothing-assumed", "evidence:\n", GUESS),
    ("another-account", "{ outcome: different_account,", "{ outcome: unknown,"),
    ("fields-described", "        description: Acme shows the token when you create it.\n", ""),
    ("everything-described", ", description: Where your team works. }", " }"),
    (
        "nothing-allowed",
        "title: Get a token",
        "title: Get a token.\n          allow: [{ code: W0324, reason: Acme's own title }]",
    ),
];

fn text() -> String {
    fs::read_to_string(folder(CORPUS).join(CASE).join("guide.yaml")).expect("the guide")
}

/// Returns the criteria that the guide does not meet, from the lowest grade to the highest.
fn missed(text: &str) -> Vec<&'static str> {
    let entry = Entry::new(CASE, "guide.yaml", text.as_bytes());
    let findings = lint::check(&entry, Some(TODAY));
    let guide = entry.guide().expect("the guide has errors");
    let graded = lint::Graded {
        subject: lint::Subject { guide, entry: &entry, today: Some(TODAY) },
        findings: &findings,
    };
    criteria()
        .filter(|criterion| (criterion.shortfall)(&graded).is_some())
        .map(|criterion| criterion.key)
        .collect()
}

fn criteria() -> impl Iterator<Item = &'static Criterion> {
    CRITERIA.iter().flat_map(|(_, criteria)| *criteria)
}

#[test]
fn each_edit_makes_the_guide_miss_its_criterion() {
    assert_eq!(missed(&text()), Vec::<&str>::new());
    for (key, from, to) in EDITS {
        let mut changed = text();
        assert!(changed.contains(from), "{key}: the guide does not contain `{from}`");
        match *to {
            // Removes the whole list, up to the next blank line.
            "scenarios: []" | "evidence: []" => {
                let begin = changed.find(from).expect("the list is missing");
                let end = changed[begin..].find("\n\n").map_or(changed.len(), |end| begin + end);
                changed.replace_range(begin..end, to);
            }
            _ => changed = changed.replace(from, to),
        }
        let missed = missed(&changed);
        assert!(missed.contains(key), "{key}: {missed:?}");
    }
    let edited: BTreeSet<_> = EDITS.iter().map(|(key, ..)| *key).collect();
    let criteria: BTreeSet<_> = criteria().map(|criterion| criterion.key).collect();
    assert_eq!(edited, criteria, "every criterion must have an edit, and every edit a criterion");
}

#[test]
fn a_grade_requires_all_criteria_of_lower_grades() {
    let grade = |text: &str| {
        let entry = Entry::new(CASE, "guide.yaml", text.as_bytes());
        let findings = lint::check(&entry, Some(TODAY));
        lint::grade(&entry, &findings, Some(TODAY)).map(|report| report.to_string())
    };
    let text = text();
    assert_eq!(grade(&text).as_deref(), Some("platinum if the scenarios pass"));
    let without_needs = text.replace("      needs: [The **Owner** role in your Acme account.]\n", "");
    assert_eq!(
        grade(&without_needs).as_deref(),
        Some(
            "no grade yet. For bronze: every link guide lists what readers need before they begin (except `api-key`)"
        )
    );
    let with_guess = text.replace("evidence:\n", GUESS);
    assert_eq!(
        grade(&with_guess).as_deref(),
        Some("gold if the scenarios pass. For platinum: every fact is documented or observed (1 is assumed)")
    );
    let all_assumed = text.replace("    checked_on:", "    standing: assumed\n    checked_on:");
    assert_eq!(
        grade(&all_assumed).as_deref(),
        Some(
            "no grade yet. For bronze: at least one fact in `evidence` is documented or observed (all facts are assumed)"
        )
    );
    assert_eq!(grade(&text.replace("waystone: 1", "waystone: 2")), None);
}

#[test]
fn check_reports_the_grade_as_text_and_in_json() {
    let run = waystone::check(&folder(CORPUS), CASE);
    assert!(run.out.is_empty() && run.err.contains("a-guide-of-platinum: platinum\n"), "{}", run.err);
    let quiet = waystone::run(&folder(CORPUS), &["check", "--test", "--quiet", "--today", TODAY, CASE]);
    assert!(quiet.out.is_empty() && quiet.err.is_empty(), "{}", quiet.err);
    let json =
        waystone::run(&folder(CORPUS), &["check", "--test", "--format", "json", "--today", TODAY, CASE]);
    let json: serde_json::Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!(
        json["grades"],
        serde_json::json!([{
            "file": format!("{CASE}/guide.yaml"),
            "guide": CASE,
            "grade": "platinum",
            "next": null,
            "missing": [],
            "tested": true,
        }])
    );
}
