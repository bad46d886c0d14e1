//! Runs other programs, and names the failed command in errors.

use std::process::{Command, Output};

use anyhow::{Context as _, Result, bail, ensure};

use crate::tree::root;

/// Returns a command that runs cargo in the workspace root.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    // `cargo run` sets this variable, which prevents cargo-machete from recognizing that it runs as a subcommand.
    command.args(arguments).current_dir(root()).env_remove("CARGO_PKG_NAME");
    command
}

/// Runs a command. Its output goes to the terminal unless the command redirects it.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot run `{}`", shown(command)))?;
    ensure!(status.success(), "`{}` failed with {status}", shown(command));
    Ok(())
}

/// Runs a command. Returns its output, without surrounding whitespace.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let Output { status, stdout, stderr } =
        command.output().with_context(|| format!("cannot run `{}`", shown(command)))?;
    if !status.success() {
        bail!("`{}` failed with {status}: {}", shown(command), String::from_utf8_lossy(&stderr).trim());
    }
    Ok(String::from_utf8(stdout)?.trim().to_owned())
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
