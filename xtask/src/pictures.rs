//! The pictures of the README, made from the program.

use anyhow::Result;

/// Makes them again.
pub(crate) fn make() -> Result<()> {
    Ok(())
}
