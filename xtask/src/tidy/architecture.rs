//! `ARCHITECTURE.md` contains the table of floors, and the main documents name no path that does not exist.

use std::path::Path;

use anyhow::Result;

use crate::floors::FLOORS;
use crate::tree::read;

pub(super) fn check(root: &Path) -> Result<Vec<String>> {
    let text = read(&root.join("ARCHITECTURE.md"))?;
    let mut problems = Vec::new();
    for floor in FLOORS {
        let may = if floor.may.is_empty() { "–".to_owned() } else { floor.may.join(", ") };
        let pure = if floor.pure { "yes" } else { "" };
        let row = format!("| {} | `{}` | {may} | {pure} |", floor.floor, floor.name);
        if !text.contains(&row) {
            problems.push(format!("ARCHITECTURE.md: the table of floors lacks this row: {row}"));
        }
    }
    for document in ["ARCHITECTURE.md", "README.md", "CONTRIBUTING.md", "tests/README.md"] {
        for path in paths(&read(&root.join(document))?) {
            if !root.join(path).exists() {
                problems.push(format!("{document}: `{path}` does not exist"));
            }
        }
    }
    Ok(problems)
}

/// Finds the paths in inline code: those that begin with a folder of the tree.
fn paths(text: &str) -> Vec<&str> {
    let prefixes = ["crates/", "guides/", "schemas/", "tests/", "xtask/", "docs/", ".ci/"];
    text.split('`')
        .skip(1)
        .step_by(2)
        .filter(|code| {
            prefixes.iter().any(|prefix| code.starts_with(prefix)) && !code.contains(['<', '*', ' ', '{'])
        })
        .collect()
}
