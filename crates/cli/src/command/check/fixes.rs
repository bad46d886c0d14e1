//! `waystone check --fix`: applies the fixes that findings offer.

use std::path::Path;

use catalog::Entry;
use guide::{Edit, Finding};

use crate::failure::{Failure, cannot};
use crate::file::replace;

/// The maximum number of passes over a file. Applying fixes can reveal findings that offer further fixes.
const ROUNDS: usize = 8;

/// Applies the fixes that the findings offer, and checks the changed file again until no fixes are left. Returns the
/// number of applied fixes.
pub(super) fn apply(entry: &mut Entry, today: &str) -> Result<usize, Failure> {
    let mut count = 0;
    for _ in 0..ROUNDS {
        let findings = lint::check(entry, Some(today));
        let edits = non_overlapping(&findings);
        if edits.is_empty() {
            break;
        }
        let mut text = entry.reading.source.text.clone();
        for edit in edits.iter().rev() {
            text.replace_range(edit.span.range(), &edit.text);
        }
        count += edits.len();
        let path = Path::new(&entry.reading.source.name).to_owned();
        replace(&path, &text).map_err(cannot("write", &path))?;
        *entry = catalog::read_guide_file(&path)?;
    }
    Ok(count)
}

/// Returns edits that do not overlap, in the order of their positions. If two edits overlap, the later edit is dropped.
fn non_overlapping(findings: &[Finding]) -> Vec<&Edit> {
    let mut edits: Vec<&Edit> = findings.iter().filter_map(|finding| finding.fix.as_ref()).collect();
    edits.sort_by_key(|edit| edit.span);
    let mut end = 0;
    edits.retain(|edit| {
        let is_free = edit.span.start >= end;
        if is_free {
            end = edit.span.end.max(edit.span.start + 1);
        }
        is_free
    });
    edits
}
