//! Checks of the source tree that reviewers would otherwise have to do by hand.

mod architecture;
mod cycles;
mod facades;
mod imports;
mod paths;
mod sources;

use anyhow::{Result, ensure};

use crate::tree::root;

/// Fails if there are problems. The error lists every problem.
pub(crate) fn check() -> Result<()> {
    let root = root();
    let checks = [imports::check, facades::check, cycles::check, sources::check, architecture::check];
    let problems: Vec<Vec<String>> = checks.iter().map(|check| check(&root)).collect::<Result<_>>()?;
    let problems = problems.concat();
    ensure!(problems.is_empty(), "the tree is not tidy:\n{}", problems.join("\n"));
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_tree_is_tidy() {
        let checked = super::check().map_err(|error| error.to_string());
        assert_eq!(checked, Ok(()));
    }
}
