//! Checks that no files in a crate import each other, directly or through other files.
//!
//! Any path in code counts as an import of the file that defines the item, even if the path leads through a re-export.
//! Two kinds of imports do not count: a parent's `mod` and `use` declarations for its direct children, which form a
//! facade, and the imports of a `mod tests` from its parent. If a parent's own code uses an item from a child, the path
//! in that code counts.

mod graph;
mod modules;
mod names;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Result;
use serde_json::Value;

use self::graph::{Imports, groups, shortest_cycle};
use self::modules::{Crate, Space};
use self::names::{Found, Names};
use super::paths::{GLOB, Import, Mention, MentionKind};
use crate::command::{cargo, output};

pub(super) fn check(root: &Path) -> Result<Vec<String>> {
    let cycles = targets(root)?.iter().map(|target| cycles(root, target)).collect::<Result<Vec<_>>>()?;
    Ok(cycles.concat())
}

/// Returns the root file of every library, program, test and example.
fn targets(root: &Path) -> Result<BTreeSet<PathBuf>> {
    let mut targets = BTreeSet::new();
    for workspace in [root.to_owned(), root.join("tests/fuzz")] {
        let mut command = cargo(&["metadata", "--no-deps", "--offline", "--format-version=1"]);
        let metadata: Value = serde_json::from_str(&output(command.current_dir(workspace))?)?;
        let packages = metadata["packages"].as_array().into_iter().flatten();
        let paths = packages.flat_map(|package| package["targets"].as_array().into_iter().flatten());
        targets.extend(paths.filter_map(|target| target["src_path"].as_str()).map(PathBuf::from));
    }
    Ok(targets)
}

/// Describes each group of files in one crate that import each other, with the group's shortest cycle.
fn cycles(root: &Path, target: &Path) -> Result<Vec<String>> {
    let tree = Crate::read(target)?;
    let imports = imports(&tree);
    let shown = |file: &Path| file.strip_prefix(root).unwrap_or(file).display().to_string();
    let describe = |group: &BTreeSet<&Path>| {
        let cycle = shortest_cycle(&imports, group);
        let mut text = format!("{}: {} files import each other", shown(cycle[0]), group.len());
        if group.len() > cycle.len() {
            let files: Vec<String> = group.iter().map(|file| shown(file)).collect();
            text.push_str(&format!(": {}. The shortest cycle", files.join(", ")));
        }
        text.push(':');
        for (n, from) in cycle.iter().enumerate() {
            let to = cycle[(n + 1) % cycle.len()];
            let names: Vec<String> = imports[from][to].iter().map(|name| format!("`{name}`")).collect();
            text.push_str(&format!("\n    {} -> {} via {}", shown(from), shown(to), names.join(", ")));
        }
        text
    };
    Ok(groups(&imports).iter().map(describe).collect())
}

/// Returns all imports in a crate, except those that do not count.
fn imports(tree: &Crate) -> Imports<'_> {
    let names = Names::new(tree);
    let mut imports = Imports::new();
    for (index, module) in tree.modules.iter().enumerate() {
        let mentioned = module.paths.mentions.iter().flat_map(|mention| mentioned(&names, index, mention));
        let imported = module.paths.imports.iter().flat_map(|import| imported(tree, &names, index, import));
        for found in mentioned.chain(imported) {
            let (file, name) = match found {
                Found::Item(item) => (&item.file, &item.name),
                Found::Module(other) => (&tree.modules[other].file, &tree.modules[other].name),
            };
            if *file != module.file && module.tests_of.as_ref() != Some(file) {
                imports.entry(&*module.file).or_default().entry(&**file).or_default().insert(&**name);
            }
        }
    }
    imports
}

/// Returns the items and modules to which a path in code resolves. Modules are included only if an attribute names
/// them, because the attribute's macro then calls functions in the module.
fn mentioned<'a>(names: &Names<'a>, module: usize, mention: &Mention) -> Vec<Found<'a>> {
    if mention.kind == MentionKind::Macro {
        return names.resolve_macro(module, &mention.path).into_iter().collect();
    }
    [Space::Type, Space::Value]
        .into_iter()
        .filter_map(|space| names.resolve(module, &mention.path, space))
        .filter(|found| matches!(found, Found::Item(_)) || mention.kind == MentionKind::Attribute)
        .collect()
}

/// Returns the items that a `use` declaration imports, except those that do not count. If the declaration is a glob
/// import from a module, only traits count, because other items count where code mentions them. A parent's import from
/// a direct child does not count, unless it is a private import of a trait, whose purpose is to make the trait's
/// methods available.
fn imported<'a>(tree: &'a Crate, names: &Names<'a>, module: usize, import: &Import) -> Vec<Found<'a>> {
    let is_glob = import.name == GLOB;
    let container = import.path.len() - usize::from(!is_glob);
    let container = match names.resolve(module, &import.path[..container], Space::Type) {
        Some(Found::Module(container)) => Some(container),
        _ => None,
    };
    let own = &tree.modules[module].file;
    let is_facade = container.is_some_and(|child| {
        let parent = tree.modules[child].parent.map(|parent| &tree.modules[parent].file);
        parent == Some(own) && tree.modules[child].file != *own
    });
    let counts = |found: &Found<'_>| match found {
        Found::Item(item) if item.is_trait => !is_facade || import.is_private,
        Found::Item(_) => !(is_facade || is_glob && container.is_some()),
        Found::Module(_) => false,
    };
    names.imported(module, import).into_iter().map(|(_, found)| found).filter(counts).collect()
}

#[cfg(test)]
mod tests;
