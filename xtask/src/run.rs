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

/// What [`deny`] does about known vulnerabilities.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Advisories {
    /// Fetches the advisory database and checks it. Fails if the database cannot be fetched.
    Required,
    /// Checks the advisory database if this machine has it.
    IfAvailable,
}

/// Runs the checks that CI runs after the tests.
pub(crate) fn ci_checks(advisories: Advisories) -> Result<()> {
    step(&["fmt", "--all", "--check"])?;
    step(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"])?;
    let doc = ["doc", "--workspace", "--no-deps", "--document-private-items", "--quiet"];
    run(cargo(&doc).env("RUSTDOCFLAGS", "-D warnings"))?;
    fuzz::check()?;
    install_subcommand("machete", "0.9.2")?;
    step(&["machete"])?;
    deny(advisories)
}

/// Checks the dependencies' licenses, sources and bans offline, and their advisories. No package registry has the
/// advisory database, so a machine without access to its repository cannot fetch it.
pub(crate) fn deny(advisories: Advisories) -> Result<()> {
    install_subcommand("deny", "0.20.2")?;
    // cargo-deny also needs the crates for other platforms. The steps after this one do not use the network.
    step(&["fetch", "--locked", "--quiet"])?;
    step(&["deny", "--offline", "--all-features", "check", "bans", "licenses", "sources"])?;
    match advisories {
        Advisories::Required => step(&["deny", "--all-features", "check", "advisories"]),
        Advisories::IfAvailable if has_advisories() => {
            step(&["deny", "--offline", "--all-features", "check", "advisories"])
        }
        Advisories::IfAvailable => {
            println!(
                "warning: known vulnerabilities were NOT checked, because this machine has no advisory database; \
                 before a release, run `cargo xtask deny --advisories` on a machine that can fetch it"
            );
            Ok(())
        }
    }
}

/// Whether this machine has an advisory database from an earlier run of cargo-deny.
fn has_advisories() -> bool {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(env::home_dir()?.join(".cargo")));
    let databases = home.and_then(|folder| folder.join("advisory-dbs").read_dir().ok());
    databases.into_iter().flatten().flatten().any(|entry| entry.path().is_dir())
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
