//! Checks that the top level contains only expected files, and that every source file follows the rules of the tree.

use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::tree::{files, read};

/// The maximum number of lines in a file. A longer file probably covers more than one subject.
const MAX_LINES: usize = 400;

/// File names that describe nothing.
const VAGUE_NAMES: &[&str] =
    &["util", "utils", "common", "core", "types", "helpers", "misc", "shared", "mod"];

const TOP_LEVEL: &[&str] = &[
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "SECURITY.md",
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
    for entry in fs::read_dir(root)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !TOP_LEVEL.contains(&name.as_str()) {
            problems.push(format!("`{name}` does not belong at the top level"));
        }
    }
    let guides = fs::read_dir(root.join("guides"))?.flatten();
    let providers: Vec<String> =
        guides.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    for file in files(root, ".rs")? {
        let shown = file.strip_prefix(root).unwrap_or(&file).display().to_string();
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        if VAGUE_NAMES.contains(&&*stem) {
            problems.push(format!("{shown}: `{stem}` describes nothing; name the file after its content"));
        }
        let names_no_provider = shown.starts_with("crates/") && !shown.contains("/tests/");
        let providers = if names_no_provider { &providers[..] } else { &[] };
        problems.extend(
            text_problems(&read(&file)?, providers).into_iter().map(|problem| shown.clone() + &problem),
        );
    }
    Ok(problems)
}

/// Finds the problems in the text of a file, each preceded by a line number if the problem is on a single line.
fn text_problems(text: &str, providers: &[String]) -> Vec<String> {
    let mut problems = Vec::new();
    let lines = text.lines().count();
    if lines > MAX_LINES {
        problems.push(format!(": has {lines} lines, more than {MAX_LINES}; split it by subject"));
    }
    if !text.starts_with("//!") {
        problems.push(": must begin with `//!` and a description of the file".to_owned());
    }
    // These words are assembled from parts so that this file does not contain them.
    let marks = [["TO", "DO"].concat(), ["FIX", "ME"].concat()];
    for (number, line) in (1..).zip(text.lines()) {
        if marks.iter().any(|mark| line.contains(mark)) {
            problems.push(format!(":{number}: an open task; finish it"));
        }
        let lower = line.to_lowercase();
        let mut words = lower.split(|ch: char| !ch.is_ascii_alphanumeric() && ch != '-' && ch != '_');
        if let Some(name) = words.find(|word| providers.iter().any(|name| name == word)) {
            problems.push(format!(":{number}: must not name the provider `{name}`; move this to its guide"));
        }
    }
    problems
}
