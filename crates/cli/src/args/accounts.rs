//! The arguments of `waystone accounts`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::linking::{InputArgs, NetworkArgs};

#[derive(Debug, Subcommand)]
pub(crate) enum AccountsCommand {
    /// List the accounts.
    #[command(after_help = "Example: waystone accounts list --provider acme --json")]
    List {
        /// Only those of this provider.
        #[arg(long)]
        provider: Option<String>,
        /// One JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Show an account and what was done with it.
    #[command(after_help = "Example: waystone accounts show acc_…")]
    Show {
        /// The account's id.
        id: String,
        /// One JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Check whether an account still works.
    #[command(after_help = "Example: waystone accounts verify --all")]
    Verify(VerifyArgs),
    /// Change what an account was linked with. What is not given stays.
    #[command(after_help = "Example: waystone accounts edit acc_… --set-file api_token=new-token.txt")]
    Edit(EditArgs),
    /// Remove an account, and make its credentials unreadable for good.
    #[command(after_help = "Example: waystone accounts remove acc_… --yes")]
    Remove {
        /// The account's id.
        id: String,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
    /// Write an account's values to a file that only you can read.
    #[command(after_help = "Example: waystone accounts export acc_… --out acme.env")]
    Export(ExportArgs),
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum ExportFormat {
    /// Lines of NAME="value", for a `.env` file.
    #[default]
    Env,
    /// A JSON object.
    Json,
    /// Lines of export NAME='value', for a shell.
    Shell,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// The account's id.
    #[arg(required_unless_present = "all")]
    pub(crate) id: Option<String>,
    /// All accounts.
    #[arg(long, conflicts_with = "id")]
    pub(crate) all: bool,
    /// One JSON document.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) network: NetworkArgs,
}

#[derive(Debug, Args)]
pub(crate) struct EditArgs {
    /// The account's id.
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) inputs: InputArgs,
    #[command(flatten)]
    pub(crate) network: NetworkArgs,
    /// Let another account at the provider take its place.
    #[arg(long)]
    pub(crate) allow_different: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// The account's id.
    pub(crate) id: String,
    /// In which form.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: ExportFormat,
    /// The file; it must not exist.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Replace the file if it exists.
    #[arg(long, requires = "out")]
    pub(crate) force: bool,
    /// Show the secrets on standard output.
    #[arg(long, conflicts_with = "out")]
    pub(crate) reveal: bool,
}
