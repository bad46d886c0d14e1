//! Checks that every path in the main documents exists.

use std::path::Path;

use anyhow::Result;

use crate::tree::read;

pub(super) fn check(root: &Path) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for document in ["ARCHITECTURE.md", "README.md", "CONTRIBUTING.md", "tests/README.md"] {
        for path in paths(&read(&root.join(document))?) {
            if !root.join(path).exists() {
                problems.push(format!("{document}: `{path}` does not exist"));
            }
        }
    }
    Ok(problems)
}

/// Returns the paths in inline code, which are the strings that begin with a folder in the tree.
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
