//! No files of a crate import each other, directly or through others.
//!
//! A path counts wherever it is written, and counts for the file that defines the item, however it was re-exported.
//! Two things do not count: a parent's `mod` and `use` of its direct children, which make a facade; and what a
//! `mod tests` imports from its parent. Where a parent uses a child's item in its own code, the path in that code
//! counts.

mod graph;
mod modules;
mod names;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use self::graph::{Imports, groups, shortest_cycle};
use self::modules::Crate;
use self::names::{Found, Names, Space};
use super::paths::{Import, Mention, MentionKind};

pub(super) fn check(root: &Path) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for target in targets(root)? {
        problems.extend(cycles(root, &target)?);
    }
    Ok(problems)
}

/// The root file of every library, program, test and example.
fn targets(root: &Path) -> Result<Vec<PathBuf>> {
    let mut targets = BTreeSet::new();
    for workspace in [root.to_owned(), root.join("tests/fuzz")] {
        let out = Command::new(env!("CARGO"))
            .args(["metadata", "--no-deps", "--offline", "--format-version=1"])
            .current_dir(workspace)
            .output()
            .context("cargo cannot be run")?;
        if !out.status.success() {
            bail!("cargo metadata failed: {}", String::from_utf8_lossy(&out.stderr).trim());
        }
        let metadata: Value = serde_json::from_slice(&out.stdout)?;
        let packages = metadata["packages"].as_array().into_iter().flatten();
        let paths = packages.flat_map(|package| package["targets"].as_array().into_iter().flatten());
        targets.extend(paths.filter_map(|target| target["src_path"].as_str()).map(PathBuf::from));
    }
    Ok(targets.into_iter().collect())
}

/// The import cycles of one crate, each with the shortest way round.
fn cycles(root: &Path, target: &Path) -> Result<Vec<String>> {
    let tree = Crate::read(target)?;
    let imports = imports(&tree);
    let shown = |file: &usize| {
        let path = &tree.files[*file];
        path.strip_prefix(root).unwrap_or(path).display().to_string()
    };
    let describe = |group: &BTreeSet<usize>| {
        let cycle = shortest_cycle(&imports, group);
        let mut text = format!("{}: {} files import each other", shown(&cycle[0]), group.len());
        if group.len() > cycle.len() {
            let names: Vec<String> = group.iter().map(shown).collect();
            text.push_str(&format!(": {}. The shortest cycle", names.join(", ")));
        }
        text.push(':');
        for (n, from) in cycle.iter().enumerate() {
            let to = cycle[(n + 1) % cycle.len()];
            let names: Vec<String> = imports[&(*from, to)].iter().map(|name| format!("`{name}`")).collect();
            text.push_str(&format!("\n    {} -> {} via {}", shown(from), shown(&to), names.join(", ")));
        }
        text
    };
    Ok(groups(&imports).iter().map(describe).collect())
}

/// Every import of a crate that counts.
fn imports(tree: &Crate) -> Imports {
    let names = Names::new(tree);
    let mut imports = Imports::new();
    for module in 0..tree.modules.len() {
        let paths = &names.paths[module];
        let mentioned = paths.mentions.iter().flat_map(|mention| mentioned(&names, module, mention));
        let imported = paths.imports.iter().flat_map(|import| imported(tree, &names, module, import));
        for found in mentioned.chain(imported) {
            let (file, name) = match found {
                Found::Item(item) => (names.definitions[item].file, &names.definitions[item].name),
                Found::Module(other) => (tree.modules[other].file, &tree.modules[other].name),
            };
            let own = tree.modules[module].file;
            let own_module = &tree.modules[tree.file_module(module)];
            let is_test_of_parent =
                own_module.is_test && own_module.name == "tests" && tree.parent_file(module) == Some(file);
            if file != own && !is_test_of_parent {
                imports.entry((own, file)).or_default().insert(name.clone());
            }
        }
    }
    imports
}

/// What a path in code means. A module counts only where an attribute names it, because the attribute's macro calls
/// functions in it.
fn mentioned(names: &Names<'_>, module: usize, mention: &Mention) -> Vec<Found> {
    if mention.kind == MentionKind::Macro {
        return names.resolve_macro(module, &mention.path).into_iter().collect();
    }
    [Space::Type, Space::Value]
        .into_iter()
        .filter_map(|space| names.resolve(module, &mention.path, space))
        .filter(|found| matches!(found, Found::Item(_)) || mention.kind == MentionKind::Attribute)
        .collect()
}

/// What a `use` declaration imports, unless it is a parent's and imports from a direct child. A parent's private
/// import of a trait counts all the same: it is there for the trait's methods.
fn imported(tree: &Crate, names: &Names<'_>, module: usize, import: &Import) -> Vec<Found> {
    let container = match (&import.name, import.path.as_slice()) {
        (None, path) | (Some(_), [path @ .., _]) => names.resolve(module, path, Space::Type),
        (Some(_), []) => None,
    };
    let is_facade = matches!(container, Some(Found::Module(child))
        if tree.file_module(child) == child && tree.parent_file(child) == Some(tree.modules[module].file));
    let is_trait = |found: &Found| matches!(found, Found::Item(item) if names.definitions[*item].is_trait);
    let found: Vec<Found> = match (&import.name, container) {
        (None, Some(Found::Module(other))) => {
            names.traits(other, module).into_iter().map(Found::Item).collect()
        }
        (None, Some(found)) => vec![found],
        (None, None) => Vec::new(),
        (Some(_), _) => {
            Space::ALL.into_iter().filter_map(|space| names.resolve(module, &import.path, space)).collect()
        }
    };
    let counts = |found: &Found| {
        matches!(found, Found::Item(_)) && (!is_facade || (import.is_private && is_trait(found)))
    };
    found.into_iter().filter(counts).collect()
}

#[cfg(test)]
mod tests;
