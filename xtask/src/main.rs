//! What cargo cannot do: checks of the tree, generated files, the test command.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a task speaks to whoever runs it")]

mod bench;
mod codegen;
mod floors;
mod fuzz;
mod install;
mod pictures;
mod postgres;
mod run;
mod tidy;
mod tree;

use std::process::ExitCode;

use anyhow::{Result, bail};

const HELP: &str = "\
cargo xtask test       install what the tests need, and run all of them
cargo xtask with-postgres COMMAND…
                       run a command beside a PostgreSQL server for tests: cargo test -p vault, say
cargo xtask ci-checks  format, lints, documentation and dependencies: what CI runs after the tests
cargo xtask codegen    write the generated files (schemas, the lists of findings and grades)
cargo xtask tidy       check the shape of the tree
cargo xtask fuzz       feed readers and writers with bytes drawn by lot: [--seconds N] [TARGET]
cargo xtask bench      measure how quick Waystone is, beside other tools, and write docs/benchmarks.md and
                       docs/benchmarks-hub.md: [guides|hub] [--quick] [--with-mdbook]
cargo xtask pictures   make the pictures of the README again, from the program
cargo xtask deny       check licenses, sources and bans of dependencies";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<()> {
    match arguments {
        ["test"] => run::test(),
        ["with-postgres", program, rest @ ..] => run::with_postgres(program, rest),
        ["ci-checks"] => run::ci_checks(),
        ["codegen"] => codegen::write(),
        ["tidy"] => {
            let problems = tidy::problems()?;
            for problem in &problems {
                eprintln!("{problem}");
            }
            if problems.is_empty() { Ok(()) } else { bail!("{} things are not tidy", problems.len()) }
        }
        ["fuzz", rest @ ..] => fuzz::run(rest),
        ["bench", rest @ ..] => bench::run(rest),
        ["pictures"] => pictures::make(),
        ["deny"] => run::deny(),
        _ => {
            println!("{HELP}");
            Ok(())
        }
    }
}
