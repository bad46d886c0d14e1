//! Crates import from lower floors only, and only some crates may name certain dependencies.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, Result};
use toml::Table;

use crate::floors::{FLOORS, IMPURE, ONLY};
use crate::tree::{files, read};

pub(super) fn check(root: &Path) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for manifest in files(&root.join("crates"), "Cargo.toml")? {
        let table: Table = read(&manifest)?.parse().with_context(|| manifest.display().to_string())?;
        let name = table["package"]["name"].as_str().unwrap_or_default().to_owned();
        let Some(floor) = FLOORS.iter().find(|floor| floor.name == name) else {
            problems.push(format!("the crate `{name}` has no floor; add it to xtask/src/floors.rs"));
            continue;
        };
        let dependencies: Vec<String> = table
            .get("dependencies")
            .and_then(toml::Value::as_table)
            .into_iter()
            .flat_map(Table::keys)
            .cloned()
            .collect();
        for dependency in &dependencies {
            let ours = FLOORS.iter().find(|other| other.name == dependency);
            if ours.is_some() && !floor.may.contains(&dependency.as_str()) {
                problems.push(format!(
                    "`{name}` may not import `{dependency}`: see the floors in ARCHITECTURE.md"
                ));
            }
            if ours.is_some_and(|other| other.floor >= floor.floor) {
                problems.push(format!("`{name}` imports `{dependency}`, which is not on a lower floor"));
            }
            if floor.pure && IMPURE.contains(&dependency.as_str()) {
                problems.push(format!("`{name}` is pure and must not use `{dependency}`"));
            }
            let only = ONLY.iter().find(|(outside, _)| outside == dependency);
            if only.is_some_and(|(_, who)| !who.contains(&name.as_str())) {
                problems
                    .push(format!("`{name}` may not name `{dependency}`: see ONLY in xtask/src/floors.rs"));
            }
        }
        if floor.pure {
            let lib = read(&manifest.with_file_name("src").join("lib.rs"))?;
            if !lib.contains("clippy::disallowed_methods") {
                problems.push(format!("`{name}` is pure, but its lib.rs does not turn the purity lint on"));
            }
        }
        seen.insert(name);
    }
    for floor in FLOORS.iter().filter(|floor| !seen.contains(floor.name)) {
        problems.push(format!("`{}` has a floor but is not in the tree", floor.name));
    }
    let manifests: Vec<String> =
        files(root, "Cargo.toml")?.iter().map(|file| read(file)).collect::<Result<_>>()?;
    let workspace: Table = read(&root.join("Cargo.toml"))?.parse()?;
    for name in workspace["workspace"]["dependencies"].as_table().into_iter().flat_map(Table::keys) {
        if !manifests.iter().any(|text| text.contains(&format!("\n{name}.workspace"))) {
            problems.push(format!("no crate uses `{name}`: remove it from the workspace's dependencies"));
        }
    }
    Ok(problems)
}
