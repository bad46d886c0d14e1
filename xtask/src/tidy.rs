//! The shape of the tree: what a reviewer would have to look for, looked for by a machine.

mod architecture;
mod imports;
mod sources;
mod top;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap_or_else(|_| PathBuf::from("."))
}

/// The folder of what is built. Cargo is run in several folders, so a relative one is that of the root.
pub(crate) fn target() -> PathBuf {
    let folder = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    root().join(folder)
}

/// Everything that is not tidy, each with what to do.
pub(crate) fn problems() -> Result<Vec<String>> {
    let root = root();
    let mut problems = imports::check(&root)?;
    problems.extend(sources::check(&root)?);
    problems.extend(architecture::check(&root)?);
    problems.extend(top::check(&root)?);
    Ok(problems)
}

/// The text of a file.
pub(crate) fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// The files below a folder with an ending, in order.
pub(crate) fn files(folder: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let path = entry?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if path.is_dir() && !["target", "node_modules", ".git"].contains(&name.as_str()) {
                folders.push(path);
            } else if name.ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_tree_is_tidy() {
        let problems = super::problems().expect("the tree can be read");
        assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
    }
}
