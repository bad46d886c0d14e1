//! Implements the commands, one file per command.

mod accounts;
mod check;
mod demo;
mod diff;
mod explain;
mod keys;
mod link;
mod new;
mod project_named;
mod projects;
mod render;
mod serve;
mod simulate;
mod test;
mod vault;

use clap::CommandFactory as _;

use crate::args::{Arguments, Command, SchemaOf};
use crate::failure::Failure;
use crate::out::Out;

/// Runs a command and returns the exit code.
pub(crate) fn run(arguments: &Arguments, out: &Out) -> Result<u8, Failure> {
    let common = &arguments.common;
    match &arguments.command {
        Command::Check(args) => check::run(common, args, out),
        Command::Explain { code } => explain::run(code.as_deref(), out),
        Command::Diff(args) => diff::run(common, args, out),
        Command::New(args) => new::run(common, args, out),
        Command::Render(args) => render::run(common, args, out),
        Command::Schema { of } => {
            let schema = match of {
                SchemaOf::Guide => guide::guide_schema(),
                SchemaOf::Brand => guide::brand_schema(),
                SchemaOf::Hub => hub::settings::settings_schema(),
            };
            out.json(&schema);
            Ok(0)
        }
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(*shell, &mut Arguments::command(), "waystone", &mut text);
            out.data(&String::from_utf8_lossy(&text));
            Ok(0)
        }
        Command::Man => {
            let mut text = Vec::new();
            clap_mangen::Man::new(Arguments::command()).render(&mut text)?;
            out.data(&String::from_utf8_lossy(&text));
            Ok(0)
        }
        Command::Serve(args) => serve::run(common, args, out),
        Command::Test(args) => run_async(test::run(common, args, out)),
        Command::Link(args) => run_async(link::run(common, args, out)),
        Command::Accounts(args) => run_async(accounts::run(common, args, out)),
        Command::Vault(command) => run_async(vault::run(common, command, out)),
        Command::Projects(command) => run_async(projects::run(common, command, out)),
        Command::Keys(command) => run_async(keys::run(common, command, out)),
        Command::Simulate(args) => run_async(simulate::run(common, args, out)),
        Command::Demo { provider, play } => run_async(demo::run(common, provider.as_deref(), *play, out)),
    }
}

/// Runs a command that needs the network or a vault.
fn run_async(command: impl Future<Output = Result<u8, Failure>>) -> Result<u8, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .worker_threads(2)
        .build()
        .map_err(|error| Failure::io("cannot start", &error))?
        .block_on(command)
}
