//! Every source file begins with a description, is not too long and names no provider.

use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::tree::{files, read};

/// The most lines of a file. A longer one probably has two subjects.
const LONGEST: usize = 400;

/// File names that describe nothing.
const EMPTY_NAMES: &[&str] = &["util", "utils", "common", "core", "types", "helpers", "misc", "shared"];

pub(super) fn check(root: &Path) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    let providers: Vec<String> = fs::read_dir(root.join("guides"))?
        .filter_map(Result::ok)
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    for folder in ["crates", "xtask", "tests"] {
        for file in files(&root.join(folder), ".rs")? {
            let text = read(&file)?;
            let shown = file.strip_prefix(root).unwrap_or(&file).display().to_string();
            let lines = text.lines().count();
            if lines > LONGEST {
                problems
                    .push(format!("{shown}: has {lines} lines, more than {LONGEST}; split it by subject"));
            }
            if !text.starts_with("//!") {
                problems.push(format!("{shown}: must begin with `//!` and a description of the file"));
            }
            let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            if EMPTY_NAMES.contains(&stem.as_str()) || stem == "mod" {
                problems
                    .push(format!("{shown}: `{stem}` describes nothing; name the file after its content"));
            }
            if folder == "crates" && !shown.contains("/tests/") {
                problems.extend(provider_names(&shown, &text, &providers));
            }
        }
    }
    Ok(problems)
}

/// Finds lines that name a provider.
fn provider_names(shown: &str, text: &str, providers: &[String]) -> Vec<String> {
    let mut problems = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let lower = line.to_lowercase();
        let words = || lower.split(|ch: char| !ch.is_ascii_alphanumeric() && ch != '-' && ch != '_');
        if let Some(name) = providers.iter().find(|name| words().any(|word| word == name.as_str())) {
            problems.push(format!(
                "{shown}:{}: must not name the provider `{name}`; move this to its guide",
                number + 1
            ));
        }
    }
    problems
}
