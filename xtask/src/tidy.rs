//! The shape of the tree: what a reviewer would have to look for, looked for by a machine.

mod architecture;
mod cycles;
mod facades;
mod imports;
pub(crate) mod paths;
mod sources;
mod top;

use anyhow::Result;

use crate::tree::root;

/// Everything that is not tidy, each with what to do.
pub(crate) fn problems() -> Result<Vec<String>> {
    let root = root();
    let mut problems = imports::check(&root)?;
    problems.extend(facades::check(&root)?);
    problems.extend(cycles::check(&root)?);
    problems.extend(sources::check(&root)?);
    problems.extend(architecture::check(&root)?);
    problems.extend(top::check(&root)?);
    Ok(problems)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_tree_is_tidy() {
        let problems = super::problems().expect("the tree can be read");
        assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
    }
}
