//! The arguments of `waystone accounts`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::linking::{InputArgs, NetworkArgs};

#[derive(Debug, Subcommand)]
pub(crate) enum AccountsCommand {
    /// List linked accounts.
    #[command(after_help = "Example: waystone accounts list --provider acme --json")]
    List {
        /// List only accounts of this provider.
        #[arg(long)]
        provider: Option<String>,
        /// Print one JSON document instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Show an account and its audit trail.
    #[command(after_help = "Example: waystone accounts show acc_…")]
    Show {
        /// The account's id.
        id: String,
        /// Print one JSON document instead of text.
        #[arg(long)]
        json: bool,
    },
    /// Check whether an account still works.
    #[command(after_help = "Example: waystone accounts verify --all")]
    Verify(VerifyArgs),
    /// Change an account's credentials. Values that you don't set stay the same.
    #[command(after_help = "Example: waystone accounts edit acc_… --set-file api_token=new-token.txt")]
    Edit(EditArgs),
    /// Remove an account and make its credentials permanently unreadable.
    #[command(after_help = "Example: waystone accounts remove acc_… --yes")]
    Remove {
        /// The account's id.
        id: String,
        /// Don't ask for confirmation.
        #[arg(long)]
        yes: bool,
    },
    /// Export an account's values to a file that only you can read.
    #[command(after_help = "Example: waystone accounts export acc_… --out acme.env")]
    Export(ExportArgs),
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum ExportFormat {
    /// NAME="value" lines for a `.env` file.
    #[default]
    Env,
    /// A JSON object.
    Json,
    /// export NAME='value' lines for a shell.
    Shell,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// The account's id.
    #[arg(required_unless_present = "all")]
    pub(crate) id: Option<String>,
    /// Check all accounts.
    #[arg(long, conflicts_with = "id")]
    pub(crate) all: bool,
    /// Print one JSON document instead of text.
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
    /// Accept credentials that belong to a different account at the provider.
    #[arg(long)]
    pub(crate) allow_different: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// The account's id.
    pub(crate) id: String,
    /// The file format.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: ExportFormat,
    /// The file to write; it must not exist, unless you use --force.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Overwrite the file if it exists.
    #[arg(long, requires = "out")]
    pub(crate) force: bool,
    /// Print the secrets to standard output.
    #[arg(long, conflicts_with = "out")]
    pub(crate) reveal: bool,
}
