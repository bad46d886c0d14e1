//! The commands that run tests and CI checks.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::fuzz;
use crate::install;
use crate::postgres;
use crate::tree::root;

/// Installs what the tests need and runs all of them.
pub(crate) fn test() -> Result<()> {
    install::all()?;
    with_postgres(env!("CARGO"), &["test", "--workspace", "--quiet"])
}

/// Runs a command next to a PostgreSQL server.
pub(crate) fn with_postgres(program: &str, arguments: &[&str]) -> Result<()> {
    postgres::install()?;
    let server = postgres::Server::start(false)?;
    let status = Command::new(program)
        .args(arguments)
        .env(postgres::VARIABLE, server.url())
        .current_dir(root())
        .status()
        .with_context(|| format!("cannot run {program}"))?;
    if status.success() { Ok(()) } else { bail!("{program} {} failed", arguments.join(" ")) }
}

/// Runs what CI runs after the tests.
pub(crate) fn ci_checks() -> Result<()> {
    cargo(&["fmt", "--all", "--check"])?;
    cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"])?;
    docs()?;
    fuzz::check()?;
    unused_dependencies()?;
    deny()
}

fn docs() -> Result<()> {
    let status = Command::new(env!("CARGO"))
        .args(["doc", "--workspace", "--no-deps", "--document-private-items", "--quiet"])
        .env("RUSTDOCFLAGS", "-D warnings")
        .current_dir(root())
        .status()?;
    if status.success() { Ok(()) } else { bail!("cargo doc failed") }
}

/// Checks licenses, sources and bans without the network, and advisories if this machine has their database.
pub(crate) fn deny() -> Result<()> {
    install_subcommand("deny", "0.20.2")?;
    // cargo-deny needs the crates for other platforms too. After this, nothing uses the network.
    cargo(&["fetch", "--locked", "--quiet"])?;
    cargo(&["deny", "--offline", "--all-features", "check", "bans", "licenses", "sources"])?;
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo")));
    if home.is_some_and(|home| home.join("advisory-dbs").is_dir()) {
        cargo(&["deny", "--offline", "check", "advisories"])
    } else {
        println!("skipped advisories: this machine has no database of them");
        Ok(())
    }
}

/// Finds dependencies that a crate declares and does not name. Works without the network.
fn unused_dependencies() -> Result<()> {
    install_subcommand("machete", "0.9.2")?;
    cargo(&["machete"])
}

/// Installs a subcommand of cargo unless it is there.
fn install_subcommand(name: &str, version: &str) -> Result<()> {
    let is_there = Command::new(env!("CARGO"))
        .args([name, "--version"])
        .env_remove("CARGO_PKG_NAME")
        .output()
        .is_ok_and(|out| out.status.success());
    if is_there {
        return Ok(());
    }
    cargo(&["install", &format!("cargo-{name}"), "--version", version, "--locked", "--quiet"])
}

fn cargo(arguments: &[&str]) -> Result<()> {
    println!("cargo {}", arguments.join(" "));
    let status = Command::new(env!("CARGO"))
        .args(arguments)
        // cargo-machete takes this variable of `cargo run` for a sign that it is not a subcommand.
        .env_remove("CARGO_PKG_NAME")
        .current_dir(root())
        .status()
        .context("cannot run cargo")?;
    if status.success() { Ok(()) } else { bail!("cargo {} failed", arguments.join(" ")) }
}
