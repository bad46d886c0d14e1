//! `waystone check --fix`: the edits that findings offer.

use std::path::Path;

use catalog::Entry;
use guide::{Edit, Finding};

use crate::failure::Failure;
use crate::file::replace;

/// Edits can uncover others; so often the file is read again at the most.
const ROUNDS: usize = 8;

/// Makes every edit that findings offer, and reads the file again until there is none.
pub(super) fn apply(entry: &mut Entry, today: &str) -> Result<usize, Failure> {
    let mut made = 0;
    for _ in 0..ROUNDS {
        let findings = lint::check(entry, Some(today));
        let edits = apart(&findings);
        if edits.is_empty() {
            break;
        }
        let mut text = entry.reading.source.text.clone();
        for edit in edits.iter().rev() {
            text.replace_range(edit.span.range(), &edit.text);
        }
        made += edits.len();
        let path = Path::new(&entry.reading.source.name).to_owned();
        replace(&path, &text)
            .map_err(|error| Failure::io(format!("cannot write `{}`", path.display()), &error))?;
        *entry = catalog::read_guide_file(&path).map_err(|error| Failure::environment(&error))?;
    }
    Ok(made)
}

/// The edits, in order, that do not touch one another.
fn apart(findings: &[Finding]) -> Vec<&Edit> {
    let mut edits: Vec<&Edit> = findings.iter().filter_map(|finding| finding.fix.as_ref()).collect();
    edits.sort_by_key(|edit| edit.span);
    let mut end = 0;
    edits.retain(|edit| {
        let free = edit.span.start >= end;
        if free {
            end = edit.span.end.max(edit.span.start + 1);
        }
        free
    });
    edits
}
