//! The arguments of `waystone projects` and `waystone keys`.

use clap::{Args, Subcommand};

use super::StoreArgs;

#[derive(Debug, Subcommand)]
pub(crate) enum ProjectsCommand {
    /// List the projects.
    #[command(after_help = "Example: waystone projects list --json")]
    List {
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Create a project and its first API key, which is shown once.
    #[command(after_help = "Example: waystone projects create \"Shop\"")]
    Create {
        /// The project's name.
        name: String,
        #[command(flatten)]
        store: StoreArgs,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// List a project's API keys without their secrets.
    #[command(after_help = "Example: waystone keys list")]
    List {
        #[command(flatten)]
        of: OfProject,
    },
    /// Create an API key, which is shown once.
    #[command(after_help = "Examples:\n  waystone keys create \"backend\"\n  \
waystone keys create \"reports\" --scope platform:read --scope connectors:read --expires 90d")]
    Create {
        /// The key's purpose, such as `backend`.
        name: String,
        /// A scope for the key [default: all except reading credentials; for a test key, also except changing connector
        /// profiles].
        #[arg(long, value_name = "SCOPE", value_parser = scopes())]
        scope: Vec<String>,
        /// Create a test key, which can only read and create test data.
        #[arg(long)]
        test: bool,
        /// How long the key works, such as `90d`, or when it stops working, such as `2027-01-31T00:00:00Z` [default: it
        /// does not expire].
        #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
        expires: Option<String>,
        #[command(flatten)]
        of: OfProject,
    },
    /// Revoke an API key immediately.
    #[command(after_help = "Example: waystone keys revoke key_01ARZ3NDEKTSV4RRFFQ69G5FAV")]
    Revoke {
        /// The key's id, as shown by `waystone keys list`.
        id: String,
        #[command(flatten)]
        of: OfProject,
    },
}

/// The options that select a project.
#[derive(Debug, Args)]
pub(crate) struct OfProject {
    /// The project's id or name; required only if there is more than one project.
    #[arg(long, value_name = "PROJECT")]
    pub(crate) project: Option<String>,
    #[command(flatten)]
    pub(crate) store: StoreArgs,
}

fn scopes() -> clap::builder::PossibleValuesParser {
    vault::Scope::ALL.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().into()
}
