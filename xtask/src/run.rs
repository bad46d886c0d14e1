//! The commands of tests and CI.

use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::fuzz;
use crate::install;
use crate::postgres;
use crate::tree::root;

/// Installs what the tests need, and runs all of them.
pub(crate) fn test() -> Result<()> {
    install::all()?;
    with_postgres(env!("CARGO"), &["test", "--workspace", "--quiet"])
}

/// Runs a command beside a PostgreSQL server.
pub(crate) fn with_postgres(program: &str, arguments: &[&str]) -> Result<()> {
    postgres::install()?;
    let server = postgres::Server::start(false)?;
    let status = Command::new(program)
        .args(arguments)
        .env(postgres::VARIABLE, server.url())
        .current_dir(root())
        .status()
        .with_context(|| format!("{program} cannot be run"))?;
    if status.success() { Ok(()) } else { bail!("{program} {} failed", arguments.join(" ")) }
}

/// What CI runs after the tests.
pub(crate) fn ci_checks() -> Result<()> {
    cargo(&["fmt", "--all", "--check"])?;
    cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"])?;
    docs()?;
    fuzz::check()?;
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

/// Licenses, sources and bans, without the network; advisories where a database is there.
pub(crate) fn deny() -> Result<()> {
    let is_there = Command::new(env!("CARGO"))
        .args(["deny", "--version"])
        .output()
        .is_ok_and(|out| out.status.success());
    if !is_there {
        println!("installing cargo-deny");
        cargo(&["install", "cargo-deny", "--version", "0.20.2", "--locked", "--quiet"])?;
    }
    // What this platform never compiled is needed too; after this nothing is asked of the network.
    cargo(&["fetch", "--locked", "--quiet"])?;
    let arguments = ["deny", "--offline", "--all-features", "check", "bans", "licenses", "sources"];
    cargo(&arguments)?;
    let home = std::env::var_os("CARGO_HOME")
        .map(Into::into)
        .or_else(|| std::env::var_os("HOME").map(|home| std::path::PathBuf::from(home).join(".cargo")));
    let database = home.map(|home: std::path::PathBuf| home.join("advisory-dbs"));
    if database.is_some_and(|folder| folder.is_dir()) {
        cargo(&["deny", "--offline", "check", "advisories"])
    } else {
        println!("advisories were not checked: there is no database on this machine");
        Ok(())
    }
}

fn cargo(arguments: &[&str]) -> Result<()> {
    println!("cargo {}", arguments.join(" "));
    let status = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(root())
        .status()
        .context("cargo cannot be run")?;
    if status.success() { Ok(()) } else { bail!("cargo {} failed", arguments.join(" ")) }
}
