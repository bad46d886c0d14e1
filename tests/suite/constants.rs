//! The constant text of guides: whatever `check` accepts can be sent.
//!
//! Each string that a guide sends, or that determines where it is sent, is replaced by each of a list of strings that
//! cannot be sent everywhere, and by each reference. If the changed guide has no new finding, then the real flow must
//! be able to send its requests with the real network code: a person cannot correct a guide.

mod change;
mod played;

use std::collections::BTreeSet;
use std::thread;

use catalog::Entry;
use serde_json::Value;

use self::change::{Change, changes};
use self::played::Player;
use crate::guides::files;
use crate::waystone::TODAY;

/// A good guide to change.
struct Origin {
    key: String,
    tree: Value,
    /// The codes of its findings.
    findings: BTreeSet<&'static str>,
}

#[test]
fn whatever_check_accepts_can_be_sent() {
    let origins: Vec<Origin> = origins();
    let cases: Vec<(&Origin, Change)> = {
        let mut seen = BTreeSet::new();
        let all = origins.iter().flat_map(|origin| changes(&origin.tree).map(move |change| (origin, change)));
        all.filter(|(_, change)| seen.insert(change.kind())).collect()
    };
    let workers = thread::available_parallelism().map_or(2, usize::from);
    let results: Vec<(usize, Vec<String>)> = thread::scope(|scope| {
        let start = |worker| {
            let cases = &cases;
            scope.spawn(move || {
                let mut player = Player::start();
                let (mut clean, mut problems) = (0, Vec::new());
                for (origin, change) in cases.iter().skip(worker).step_by(workers) {
                    let Some(entry) = accepted(origin, change) else { continue };
                    clean += 1;
                    let guide = entry.guide().expect("a guide without errors");
                    problems
                        .extend(player.play(guide).map(|why| format!("{} of {}: {why}", change, origin.key)));
                }
                (clean, problems)
            })
        };
        let running: Vec<_> = (0..workers).map(start).collect();
        running.into_iter().map(|worker| worker.join().expect("a worker panicked")).collect()
    });
    let clean: usize = results.iter().map(|(clean, _)| clean).sum();
    let mut problems: Vec<&String> = results.iter().flat_map(|(_, problems)| problems).collect();
    problems.sort();
    assert!(problems.is_empty(), "{problems:#?}");
    // Most strings are fine in most places. If they were not, the test would prove little.
    assert!(
        cases.len() / 10 < clean && clean < cases.len() * 9 / 10,
        "{clean} of {} are accepted",
        cases.len()
    );
}

/// Returns the changed guide if it has no finding that the original does not have.
fn accepted(origin: &Origin, change: &Change) -> Option<Entry> {
    let entry = read(&origin.key, &change.apply(&origin.tree));
    let findings = lint::check(&entry, Some(TODAY));
    findings.iter().all(|finding| origin.findings.contains(finding.code.code)).then_some(entry)
}

/// Reads a guide from its tree. JSON is YAML, but a guide must escape characters that cannot be seen.
fn read(key: &str, tree: &Value) -> Entry {
    let is_plain = |ch: char| matches!(ch, ' '..='~');
    let text: String = tree
        .to_string()
        .chars()
        .map(|ch| if is_plain(ch) { ch.to_string() } else { format!("\\U{:08x}", u32::from(ch)) })
        .collect();
    Entry::new(key, "guide.yaml", text.as_bytes())
}

fn origins() -> Vec<Origin> {
    let corpus = files().into_iter().filter(|file| file.to_string_lossy().contains("corpus"));
    let origins = corpus.map(|file| {
        let text = std::fs::read_to_string(&file).expect("cannot read the guide");
        let folder = file.parent().and_then(|folder| folder.file_name()).expect("a folder");
        let key = folder.to_string_lossy().into_owned();
        let tree: Value = serde_saphyr::from_str(&text).expect("the other parser rejects the guide");
        let entry = read(&key, &tree);
        let findings = lint::check(&entry, Some(TODAY)).iter().map(|finding| finding.code.code).collect();
        let mut player = Player::start();
        let guide = entry.guide().unwrap_or_else(|| panic!("{key}: {:?}", entry.reading.findings));
        assert_eq!(player.play(guide), None, "{key}");
        Origin { key, tree, findings }
    });
    origins.collect()
}
