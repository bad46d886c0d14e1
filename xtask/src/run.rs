//! The commands that run tests and CI checks.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::command::{cargo, output, run};
use crate::fuzz;
use crate::install;
use crate::postgres;
use crate::tree::root;

/// Installs what the tests need and runs all tests.
pub(crate) fn test() -> Result<()> {
    install::all()?;
    with_postgres(env!("CARGO"), &["test", "--workspace", "--quiet"])
}

/// Runs a command while a PostgreSQL server is running.
pub(crate) fn with_postgres(program: &str, arguments: &[&str]) -> Result<()> {
    let server = postgres::Server::start(false)?;
    run(Command::new(program).args(arguments).env(postgres::VARIABLE, server.url()).current_dir(root()))
}

/// Runs the checks that CI runs after the tests.
pub(crate) fn ci_checks() -> Result<()> {
    step(&["fmt", "--all", "--check"])?;
    step(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"])?;
    let doc = ["doc", "--workspace", "--no-deps", "--document-private-items", "--quiet"];
    run(cargo(&doc).env("RUSTDOCFLAGS", "-D warnings"))?;
    fuzz::check()?;
    install_subcommand("machete", "0.9.2")?;
    step(&["machete"])?;
    deny()
}

/// Checks the dependencies' licenses, sources and bans offline, and their advisories if this machine has the advisory
/// database.
pub(crate) fn deny() -> Result<()> {
    install_subcommand("deny", "0.20.2")?;
    // cargo-deny also needs the crates for other platforms. The steps after this one do not use the network.
    step(&["fetch", "--locked", "--quiet"])?;
    step(&["deny", "--offline", "--all-features", "check", "bans", "licenses", "sources"])?;
    let cargo_home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo_home = cargo_home.or_else(|| Some(env::home_dir()?.join(".cargo")));
    if cargo_home.is_some_and(|folder| folder.join("advisory-dbs").is_dir()) {
        return step(&["deny", "--offline", "check", "advisories"]);
    }
    println!("skipped advisories: this machine has no advisory database");
    Ok(())
}

/// Installs a cargo subcommand unless it is already installed.
fn install_subcommand(name: &str, version: &str) -> Result<()> {
    if output(&mut cargo(&[name, "--version"])).is_ok() {
        return Ok(());
    }
    step(&["install", &format!("cargo-{name}"), "--version", version, "--locked", "--quiet"])
}

/// Prints a cargo command and runs it.
fn step(arguments: &[&str]) -> Result<()> {
    println!("cargo {}", arguments.join(" "));
    run(&mut cargo(arguments))
}
