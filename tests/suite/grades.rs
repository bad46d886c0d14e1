//! Grades: one guide has the highest, and each thing that is asked, taken from it, costs it what the table says.

use std::collections::BTreeSet;
use std::fs;

use catalog::Entry;
use lint::{CRITERIA, Grade};

use crate::corpus::folder;
use crate::guides::CORPUS;
use crate::waystone::{self, TODAY};

/// The guide of the corpus that has everything.
const CASE: &str = "a-guide-of-platinum";

/// A fact that nobody knows, before the others.
const GUESS: &str = "evidence:\n  - { claim: A guess., standing: assumed, checked_on: '2026-06-01' }\n";

/// What is lacking, and the edit that takes it away.
const TAKEN: &[(&str, &str, &str)] = &[
    ("needs", "      needs: [The role **Owner** in your Acme.]\n", ""),
    ("good-scenario", "then: { outcome: ok, account: { id: u1, name: Ada } }", "then: { outcome: unknown }"),
    ("bad-scenario", "scenarios:", "scenarios: []"),
    ("evidence", "evidence:", "evidence: []"),
    ("no-warnings", "title: Get a Token", "title: Get a Token."),
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
    ("fields-described", "        description: The token as Acme shows it when it is made.\n", ""),
    ("everything-described", ", description: Where your team works. }", " }"),
    (
        "nothing-allowed",
        "title: Get a Token",
        "title: Get a Token.\n          allow: [{ code: W0324, reason: as Acme has it }]",
    ),
];

fn text() -> String {
    fs::read_to_string(folder(CORPUS).join(CASE).join("guide.yaml")).expect("the guide")
}

/// What the guide lacks for any grade, from the lowest up.
fn lacking(text: &str) -> Vec<(Grade, &'static str)> {
    let entry = Entry::new(CASE, "guide.yaml", text.as_bytes());
    let findings = lint::check(&entry, Some(TODAY));
    let guide = entry.guide().expect("it can be used");
    let graded = lint::Graded {
        subject: lint::Subject { guide, entry: &entry, today: Some(TODAY) },
        findings: &findings,
    };
    let criteria = CRITERIA.iter().flat_map(|list| *list);
    criteria
        .filter(|criterion| (criterion.lacks)(&graded).is_some())
        .map(|criterion| (criterion.grade, criterion.key))
        .collect()
}

#[test]
fn whatever_a_grade_asks_is_missed_where_it_is_taken_away() {
    assert_eq!(lacking(&text()), []);
    for (key, from, to) in TAKEN {
        let mut changed = text();
        assert!(changed.contains(from), "{key}: {from}");
        match *to {
            // A whole list is taken: what stands under it goes, too.
            "scenarios: []" | "evidence: []" => {
                let begin = changed.find(from).expect("there");
                let end = changed[begin..].find("\n\n").map_or(changed.len(), |end| begin + end);
                changed.replace_range(begin..end, to);
            }
            _ => changed = changed.replace(from, to),
        }
        let lacking = lacking(&changed);
        assert!(lacking.iter().any(|(_, lacks)| lacks == key), "{key}: {lacking:?}");
    }
    let taken: BTreeSet<_> = TAKEN.iter().map(|(key, ..)| *key).collect();
    let asked: BTreeSet<_> = CRITERIA.iter().flat_map(|list| *list).map(|criterion| criterion.key).collect();
    assert_eq!(taken, asked, "every criterion has a row, and every row a criterion");
}

#[test]
fn a_grade_is_the_highest_for_which_everything_below_holds() {
    let graded = |text: &str| {
        let entry = Entry::new(CASE, "guide.yaml", text.as_bytes());
        let findings = lint::check(&entry, Some(TODAY));
        lint::grade(&entry, &findings, Some(TODAY)).map(|report| report.to_string())
    };
    let text = text();
    assert_eq!(graded(&text).as_deref(), Some("platinum"));
    let without_needs = text.replace("      needs: [The role **Owner** in your Acme.]\n", "");
    assert_eq!(
        graded(&without_needs).as_deref(),
        Some(
            "no grade yet; for bronze: every link guide says what is needed before one begins (not `api-key`)"
        )
    );
    let guessed = text.replace("evidence:\n", GUESS);
    assert_eq!(
        graded(&guessed).as_deref(),
        Some("gold; for platinum: every fact is documented or observed (1 is assumed)")
    );
    let drafted = text.replace("    checked_on:", "    standing: assumed\n    checked_on:");
    assert_eq!(
        graded(&drafted).as_deref(),
        Some(
            "no grade yet; for bronze: its `evidence` has a fact that is documented or observed (all of it is assumed)"
        )
    );
    assert_eq!(graded(&text.replace("waystone: 1", "waystone: 2")), None);
}

#[test]
fn check_says_the_grade_beside_the_findings_and_in_json() {
    let run = waystone::check(&folder(CORPUS), CASE);
    assert!(run.out.is_empty() && run.err.contains("a-guide-of-platinum: platinum\n"), "{}", run.err);
    let quiet = waystone::run(&folder(CORPUS), &["check", "--quiet", "--today", TODAY, CASE]);
    assert!(quiet.out.is_empty() && quiet.err.is_empty(), "{}", quiet.err);
    let json = waystone::run(&folder(CORPUS), &["check", "--format", "json", "--today", TODAY, CASE]);
    let json: serde_json::Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!(
        json["grades"],
        serde_json::json!([{
            "file": format!("{CASE}/guide.yaml"),
            "guide": CASE,
            "grade": "platinum",
            "next": null,
            "missing": [],
        }])
    );
}
