//! Mutants: ten thousand valid guides with one random change each, the same in every run.
//!
//! The tests parse a guide with another YAML parser, change the resulting tree, validate it against the published
//! schema, and write it as YAML again. A mutant that the schema rejects, or that is not valid YAML, must cause an error
//! with a span inside its text. A mutant that differs only in the order of keys must stay valid. A mutant must never
//! cause a panic.

mod change;
mod yaml;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use catalog::Entry;
use guide::Severity;
use jsonschema::Validator;
use serde_json::Value;

use self::change::{Chance, Change, Expected};
pub(crate) use self::{change::gather, yaml::to_yaml};
use crate::guides::files;
use crate::hostile::assert_spans_in_text;
use crate::waystone::TODAY;

/// The number of mutants.
const MUTANTS: usize = 10_000;

/// Guides longer than this, in bytes, are used less often, because they take more time and contain the same constructs.
const SHORT: usize = 8_000;

/// One in `LONG_EVERY` mutants is made from a long guide.
const LONG_EVERY: usize = 50;

/// A guide to change.
struct Origin {
    key: String,
    tree: Value,
    length: usize,
    icon: Option<String>,
}

#[test]
fn every_broken_guide_has_an_error_in_its_text() {
    let origins = origins();
    let (short, long): (Vec<_>, Vec<_>) = origins.iter().partition(|origin| origin.length <= SHORT);
    assert!(!short.is_empty() && !long.is_empty(), "there must be short and long guides");
    let schema = jsonschema::validator_for(&guide::guide_schema()).expect("the schema is invalid");
    let workers = thread::available_parallelism().map_or(2, usize::from);
    let results: Vec<Tally> = thread::scope(|scope| {
        let start = |worker| {
            let (short, long, schema) = (&short, &long, &schema);
            scope.spawn(move || {
                let mut tally = Tally::default();
                for n in (worker..MUTANTS).step_by(workers) {
                    let list = if n % LONG_EVERY == 0 { long } else { short };
                    mutant(n, list[n / LONG_EVERY % list.len()], schema, &mut tally);
                }
                tally
            })
        };
        let running: Vec<_> = (0..workers).map(start).collect();
        running.into_iter().map(|worker| worker.join().expect("a worker panicked")).collect()
    });
    let problems: Vec<&String> = results.iter().flat_map(|tally| &tally.problems).take(5).collect();
    let texts: Vec<&str> = problems.iter().map(|text| text.as_str()).collect();
    assert!(problems.is_empty(), "{}", texts.join("\n\n"));
    let sum = |count: fn(&Tally) -> usize| results.iter().map(count).sum::<usize>();
    let (bad, good, other) = (sum(|tally| tally.bad), sum(|tally| tally.good), sum(|tally| tally.other));
    assert_eq!(bad + good + other, MUTANTS);
    // Most changes must make a guide invalid, or the test would prove little.
    assert!(
        MUTANTS / 2 < bad && MUTANTS / 20 < good,
        "{bad} are invalid, {good} are valid, {other} can be either"
    );
}

/// The results for all mutants.
#[derive(Default)]
struct Tally {
    bad: usize,
    good: usize,
    other: usize,
    problems: Vec<String>,
}

fn mutant(n: usize, origin: &Origin, schema: &Validator, tally: &mut Tally) {
    let mut chance = Chance::new(n);
    let change = Change::any(&origin.tree, n, &mut chance);
    let (text, expected) = change.apply(&origin.tree, |tree| schema.is_valid(tree));
    let read = || {
        let mut entry = Entry::new(&origin.key, "mutant.yaml", text.as_bytes());
        entry.assets.extend(origin.icon.iter().map(|icon| (icon.clone(), Vec::new())));
        let findings = lint::check(&entry, Some(TODAY));
        assert_spans_in_text("a mutant", &entry.reading.source, &findings);
        let errors = findings.iter().filter(|finding| finding.severity() == Severity::Error).count();
        (errors, entry.reading.value.is_some())
    };
    let problem = match (catch_unwind(AssertUnwindSafe(read)), expected) {
        (Err(_), _) => Some("reading panics, or a span is outside the text"),
        (Ok((0, _)), Expected::Bad) => Some("there is no finding"),
        (Ok((1.., _)), Expected::Good) => Some("there is an error"),
        (Ok((0, false)), _) => Some("there is neither a guide nor an error"),
        (Ok(_), _) => None,
    };
    match expected {
        Expected::Bad => tally.bad += 1,
        Expected::Good => tally.good += 1,
        Expected::Either => tally.other += 1,
    }
    if let Some(problem) = problem {
        tally.problems.push(format!("mutant {n} of {}: {change:?}: {problem}\n{text}", origin.key));
    }
}

fn origins() -> Vec<Origin> {
    let read = |file: std::path::PathBuf| {
        let text = std::fs::read_to_string(&file).expect("cannot read the guide");
        let folder = file.parent().and_then(|folder| folder.file_name()).expect("a folder");
        let tree: Value = serde_saphyr::from_str(&text).expect("the other parser rejects the guide");
        Origin {
            key: folder.to_string_lossy().into_owned(),
            icon: tree.pointer("/provider/icon").and_then(Value::as_str).map(str::to_owned),
            tree,
            length: text.len(),
        }
    };
    files().into_iter().map(read).collect()
}
