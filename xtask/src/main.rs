//! Development tasks: checks of the source tree, generated files, tests, benchmarks.
#![expect(clippy::print_stdout, reason = "tasks report to the terminal")]

mod bench;
mod codegen;
mod command;
mod fuzz;
mod install;
mod layers;
mod mutants;
mod pictures;
mod postgres;
mod run;
mod tidy;
mod tree;

use anyhow::Result;

use crate::run::Advisories;

const HELP: &str = "\
cargo xtask test       install what the tests need and run all tests
cargo xtask with-postgres COMMAND…
                       run a command with a PostgreSQL server, for example `cargo test -p vault`
cargo xtask ci-checks  check formatting, lints, documentation and dependencies, as CI does after the tests: [--advisories]
cargo xtask codegen    generate the schemas and reference pages
cargo xtask tidy       check the source tree: layers, import cycles, names, documents
cargo xtask fuzz       run the fuzzers: [--seconds N] [TARGET]
cargo xtask mutants    change the core's code with cargo-mutants, and require that its crates' fast tests fail:
                       [--shard K/N] [CRATE]
cargo xtask bench      measure how fast Waystone is, compare it with other tools, and write docs/benchmarks.md and
                       docs/benchmarks-hub.md: [guides|hub] [--quick]
cargo xtask pictures   generate the README's pictures
cargo xtask deny       check the licenses, sources and bans of dependencies, and known vulnerabilities if this machine
                       has the advisory database; with --advisories, fetch the database, and fail without it";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["test"] => run::test(),
        ["with-postgres", program, rest @ ..] => run::with_postgres(program, rest),
        ["ci-checks"] => run::ci_checks(Advisories::IfAvailable),
        ["ci-checks", "--advisories"] => run::ci_checks(Advisories::Required),
        ["codegen"] => codegen::write(),
        ["tidy"] => tidy::check(),
        ["fuzz", rest @ ..] => fuzz::run(rest),
        ["mutants", rest @ ..] => mutants::run(rest),
        ["bench", rest @ ..] => bench::run(rest),
        ["pictures"] => pictures::generate(),
        ["deny"] => run::deny(Advisories::IfAvailable),
        ["deny", "--advisories"] => run::deny(Advisories::Required),
        [] => {
            println!("{HELP}");
            Ok(())
        }
        unknown => anyhow::bail!("`{}` is not a task\n\n{HELP}", unknown.join(" ")),
    }
}
