//! Checks of the source tree that a reviewer would otherwise have to make.

mod architecture;
mod cycles;
mod facades;
mod imports;
pub(crate) mod paths;
mod sources;
mod top;

use anyhow::Result;

use crate::tree::root;

/// Returns every problem, each with what to do about it.
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
