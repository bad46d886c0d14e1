//! The command line: it parses arguments, runs commands and prints their results. No other crate prints.
//!
//! Exit codes: 0 success, 1 findings or a failed link, 2 usage error, 3 environment error.

mod args;
mod environment;
mod failure;
mod file;
mod out;
mod parallel;
mod prose;

mod findings;
mod guides;
mod hub_settings;
mod linking;
mod scenarios;

mod command;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::Arguments;
use crate::out::Out;

/// Reading guides allocates many small strings on all cores at once, so the allocator matters; see
/// `docs/benchmarks.md`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let mut arguments = Arguments::parse();
    environment::complete(&mut arguments.common);
    let out = Out::new(arguments.common.color, arguments.common.quiet);
    match command::run(&arguments, &out) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            out.failure(&failure);
            ExitCode::from(failure.code)
        }
    }
}
