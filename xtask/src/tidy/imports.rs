//! Checks that crates import only from lower layers, and that only certain crates use certain dependencies.

use std::path::Path;

use anyhow::{Context as _, Result};
use toml::{Table, Value};

use crate::layers::{IMPURE, Layer, ONLY, layers};
use crate::tree::{files, read};

pub(super) fn check(root: &Path) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    let layers = layers(root)?;
    for manifest in files(&root.join("crates"), "Cargo.toml")? {
        let table: Table = read(&manifest)?.parse().with_context(|| manifest.display().to_string())?;
        let name = table["package"]["name"].as_str().unwrap_or_default().to_owned();
        let Some(layer) = layers.iter().find(|layer| layer.name == name) else {
            problems.push(format!("the crate `{name}` has no layer; add it to the table in ARCHITECTURE.md"));
            continue;
        };
        let dependencies = table.get("dependencies").and_then(Value::as_table);
        for dependency in dependencies.into_iter().flat_map(Table::keys) {
            if let Some(reason) = refusal(layer, dependency, &layers) {
                problems.push(format!("`{name}` may not import `{dependency}`: {reason}"));
            }
        }
        if layer.is_pure {
            let lib = read(&manifest.with_file_name("src").join("lib.rs"))?;
            if !lib.contains("clippy::disallowed_methods") {
                problems.push(format!("`{name}` is pure, but its lib.rs does not turn on the purity lint"));
            }
        }
    }
    for layer in layers.iter().filter(|layer| !root.join("crates").join(&layer.name).exists()) {
        problems.push(format!("`{}` has a layer but is not in the tree", layer.name));
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

/// Returns why a crate may not depend on `dependency`. `None` if it may.
fn refusal(layer: &Layer, dependency: &str, layers: &[Layer]) -> Option<&'static str> {
    let ours = layers.iter().find(|other| other.name == dependency);
    let owners = ONLY.iter().find(|(name, _)| *name == dependency).map(|(_, owners)| *owners);
    let refusals = [
        (
            ours.is_some() && !layer.may_import.iter().any(|name| name == dependency),
            "ARCHITECTURE.md does not list it",
        ),
        (ours.is_some_and(|other| layer.level <= other.level), "it is not on a lower layer"),
        (layer.is_pure && IMPURE.contains(&dependency), "the crate is pure"),
        (owners.is_some_and(|owners| !owners.contains(&&*layer.name)), "see ONLY in xtask/src/layers.rs"),
    ];
    refusals.into_iter().find_map(|(is_refused, reason)| is_refused.then_some(reason))
}
