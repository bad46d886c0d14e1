//! The command line: arguments in, text out. The only crate that prints.
//!
//! Exit codes: 0 fine, 1 findings or a failed link, 2 wrong usage, 3 the environment failed.

mod args;
mod failure;
mod file;
mod out;
mod parallel;

mod findings;
mod guides;
mod hub_settings;
mod linking;

mod command;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::Arguments;
use crate::out::Out;

/// Guides are trees of small texts, read on all cores at once; see `docs/benchmarks.md`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let out = Out::new(arguments.common.color, arguments.common.quiet);
    match command::run(&arguments, &out) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            out.failure(&failure);
            ExitCode::from(failure.code)
        }
    }
}
