//! Checks that crates import only from lower floors, and that certain dependencies are used only by the crates that may
//! use them.

use std::path::Path;

use anyhow::{Context as _, Result};
use toml::{Table, Value};

use crate::floors::{Floor, IMPURE, ONLY, floors};
use crate::tree::{files, read};

pub(super) fn check(root: &Path) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    let floors = floors(root)?;
    for manifest in files(&root.join("crates"), "Cargo.toml")? {
        let table: Table = read(&manifest)?.parse().with_context(|| manifest.display().to_string())?;
        let name = table["package"]["name"].as_str().unwrap_or_default().to_owned();
        let Some(floor) = floors.iter().find(|floor| floor.name == name) else {
            problems.push(format!("the crate `{name}` has no floor; add it to the table in ARCHITECTURE.md"));
            continue;
        };
        let dependencies = table.get("dependencies").and_then(Value::as_table);
        for dependency in dependencies.into_iter().flat_map(Table::keys) {
            if let Some(reason) = refusal(floor, dependency, &floors) {
                problems.push(format!("`{name}` may not import `{dependency}`: {reason}"));
            }
        }
        if floor.is_pure {
            let lib = read(&manifest.with_file_name("src").join("lib.rs"))?;
            if !lib.contains("clippy::disallowed_methods") {
                problems.push(format!("`{name}` is pure, but its lib.rs does not turn the purity lint on"));
            }
        }
    }
    for floor in floors.iter().filter(|floor| !root.join("crates").join(&floor.name).exists()) {
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

/// Why a crate may not depend on `dependency`; `None` if it may.
fn refusal(floor: &Floor, dependency: &str, floors: &[Floor]) -> Option<&'static str> {
    let ours = floors.iter().find(|other| other.name == dependency);
    let owners = ONLY.iter().find(|(name, _)| *name == dependency).map(|(_, owners)| *owners);
    let refusals = [
        (
            ours.is_some() && !floor.may_import.iter().any(|name| name == dependency),
            "ARCHITECTURE.md does not list it",
        ),
        (ours.is_some_and(|other| floor.floor <= other.floor), "it is not on a lower floor"),
        (floor.is_pure && IMPURE.contains(&dependency), "the crate is pure"),
        (owners.is_some_and(|owners| !owners.contains(&&*floor.name)), "see ONLY in xtask/src/floors.rs"),
    ];
    refusals.into_iter().find_map(|(is_refused, reason)| is_refused.then_some(reason))
}
