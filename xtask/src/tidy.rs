//! Source tree checks that a reviewer would otherwise have to do by hand.

mod architecture;
mod cycles;
mod facades;
mod imports;
mod paths;
mod sources;

use anyhow::Result;

use crate::tree::root;

/// Returns every problem, each with advice on how to fix it.
pub(crate) fn problems() -> Result<Vec<String>> {
    let root = root();
    let checks = [imports::check, facades::check, cycles::check, sources::check, architecture::check];
    let problems: Vec<Vec<String>> = checks.iter().map(|check| check(&root)).collect::<Result<_>>()?;
    Ok(problems.concat())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_tree_is_tidy() {
        let problems = super::problems().expect("the tree can be read");
        assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
    }
}
