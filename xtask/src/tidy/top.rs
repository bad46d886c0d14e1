//! The top level contains only expected files, and no source file has an open task.

use std::path::Path;

use anyhow::Result;

use crate::tree::{files, read};

const EXPECTED: &[&str] = &[
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "clippy.toml",
    "crates",
    "deny.toml",
    "docs",
    "guides",
    "rustfmt.toml",
    "schemas",
    "tests",
    "xtask",
    "target",
    ".git",
    ".gitignore",
    ".cargo",
    ".ci",
];

pub(super) fn check(root: &Path) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for entry in std::fs::read_dir(root)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !EXPECTED.contains(&name.as_str()) {
            problems.push(format!("`{name}` does not belong at the top level"));
        }
    }
    // Assembled here so that this file does not match.
    let marks = [["TO", "DO"].concat(), ["FIX", "ME"].concat()];
    for file in files(root, ".rs")? {
        let text = read(&file)?;
        for (number, line) in text.lines().enumerate() {
            if marks.iter().any(|mark| line.contains(mark.as_str())) {
                problems.push(format!("{}:{}: an open task; finish it", file.display(), number + 1));
            }
        }
    }
    Ok(problems)
}
