//! Good guides, each broken in one way by a machine: ten thousand of them, the same ones in every run.
//!
//! A guide is read by another reader of YAML, changed as a tree, judged by the published schema and written again. What
//! the schema refuses, and what is no YAML by the way it is written, has to give an error that stands in the text; what
//! only stands in another order has to be as good as before; and nothing may panic.

mod change;
mod written;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use catalog::Entry;
use guide::Severity;
use jsonschema::Validator;
use serde_json::Value;

use self::change::{Chance, Change, Expected};
use crate::guides::files;
use crate::hostile::stand_in_the_text;
use crate::waystone::TODAY;

/// So many guides are made.
const MUTANTS: usize = 10_000;

/// Guides longer than this are taken only now and then: they take long, and are made of the same parts.
const SHORT: usize = 8_000;

/// Of so many mutants one is of a long guide.
const SELDOM: usize = 50;

/// A guide to be changed.
struct Origin {
    key: String,
    tree: Value,
    length: usize,
    icon: Option<String>,
}

#[test]
fn a_guide_that_is_broken_in_one_way_is_told_so_where_it_is_broken() {
    let origins = origins();
    let (short, long): (Vec<_>, Vec<_>) = origins.iter().partition(|origin| origin.length <= SHORT);
    assert!(!short.is_empty() && !long.is_empty(), "there is no guide to be changed");
    let schema = jsonschema::validator_for(&guide::guide_schema()).expect("the schema is one");
    let workers = thread::available_parallelism().map_or(2, usize::from);
    let results: Vec<Tally> = thread::scope(|scope| {
        let start = |worker| {
            let (short, long, schema) = (&short, &long, &schema);
            scope.spawn(move || {
                let mut tally = Tally::default();
                for n in (worker..MUTANTS).step_by(workers) {
                    let list = if n % SELDOM == 0 { long } else { short };
                    mutant(n, list[n / SELDOM % list.len()], schema, &mut tally);
                }
                tally
            })
        };
        let running: Vec<_> = (0..workers).map(start).collect();
        running.into_iter().map(|worker| worker.join().expect("a worker ends")).collect()
    });
    let wrong: Vec<&String> = results.iter().flat_map(|tally| &tally.wrong).take(5).collect();
    assert!(wrong.is_empty(), "{}", wrong.iter().map(|text| text.as_str()).collect::<Vec<_>>().join("\n\n"));
    let sum = |of: fn(&Tally) -> usize| results.iter().map(of).sum::<usize>();
    let (bad, good, other) = (sum(|tally| tally.bad), sum(|tally| tally.good), sum(|tally| tally.other));
    assert_eq!(bad + good + other, MUTANTS);
    // Most changes break a guide, or little would have been tested.
    assert!(
        MUTANTS / 2 < bad && MUTANTS / 20 < good,
        "{bad} are bad, {good} are good, {other} may be either"
    );
}

/// What became of the mutants.
#[derive(Default)]
struct Tally {
    bad: usize,
    good: usize,
    other: usize,
    wrong: Vec<String>,
}

fn mutant(n: usize, origin: &Origin, schema: &Validator, tally: &mut Tally) {
    let mut chance = Chance::new(n);
    let change = Change::any(&origin.tree, n, &mut chance);
    let (text, expected) = change.make(&origin.tree, |tree| schema.is_valid(tree));
    let read = || {
        let mut entry = Entry::new(&origin.key, "mutant.yaml", text.as_bytes());
        entry.assets.extend(origin.icon.iter().map(|icon| (icon.clone(), Vec::new())));
        let findings = lint::check(&entry, Some(TODAY));
        stand_in_the_text("a mutant", &entry.reading.source, &findings);
        let errors = findings.iter().filter(|finding| finding.severity() == Severity::Error).count();
        (errors, entry.reading.value.is_some())
    };
    let wrong = match (catch_unwind(AssertUnwindSafe(read)), expected) {
        (Err(_), _) => Some("it panics, or a finding stands outside of the text"),
        (Ok((0, _)), Expected::Bad) => Some("nothing is found"),
        (Ok((1.., _)), Expected::Good) => Some("an error is found"),
        (Ok((0, false)), _) => Some("nothing is read, and nothing is found"),
        (Ok(_), _) => None,
    };
    match expected {
        Expected::Bad => tally.bad += 1,
        Expected::Good => tally.good += 1,
        Expected::Either => tally.other += 1,
    }
    if let Some(wrong) = wrong {
        tally.wrong.push(format!("mutant {n}, of {}: {change:?}: {wrong}\n{text}", origin.key));
    }
}

fn origins() -> Vec<Origin> {
    let read = |file: std::path::PathBuf| {
        let text = std::fs::read_to_string(&file).expect("a text");
        let folder = file.parent().and_then(|folder| folder.file_name()).expect("a folder");
        let tree: Value = serde_saphyr::from_str(&text).expect("what we can read, others can read");
        Origin {
            key: folder.to_string_lossy().into_owned(),
            icon: tree.pointer("/provider/icon").and_then(Value::as_str).map(str::to_owned),
            tree,
            length: text.len(),
        }
    };
    files().into_iter().map(read).collect()
}
