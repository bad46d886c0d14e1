//! What `waystone projects` and `waystone keys` take.

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
    /// Make a project, and its first key, which is shown once.
    #[command(after_help = "Example: waystone projects create \"Shop\"")]
    Create {
        /// Its name.
        name: String,
        #[command(flatten)]
        store: StoreArgs,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// List the keys of a project, without the keys themselves.
    #[command(after_help = "Example: waystone keys list")]
    List {
        #[command(flatten)]
        of: OfProject,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Make a key, which is shown once.
    #[command(after_help = "Examples:\n  waystone keys create \"backend\"\n  \
waystone keys create \"reports\" --scope platform:read --scope connectors:read")]
    Create {
        /// What it is for.
        name: String,
        /// What it may do; everything but to read credentials, if left out.
        #[arg(long, value_name = "SCOPE", value_parser = scopes())]
        scope: Vec<String>,
        /// A key that sees and makes nothing but what is for trying out.
        #[arg(long)]
        test: bool,
        #[command(flatten)]
        of: OfProject,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Revoke a key, now.
    #[command(after_help = "Example: waystone keys revoke key_01ARZ3NDEKTSV4RRFFQ69G5FAV")]
    Revoke {
        /// The key's id, as `waystone keys list` shows it.
        id: String,
        #[command(flatten)]
        of: OfProject,
        #[command(flatten)]
        store: StoreArgs,
    },
}

/// Which project.
#[derive(Debug, Args)]
pub(crate) struct OfProject {
    /// The project's id or name; may be left out where there is only one.
    #[arg(long, value_name = "PROJECT")]
    pub(crate) project: Option<String>,
}

fn scopes() -> clap::builder::PossibleValuesParser {
    vault::Scope::ALL.map(vault::Scope::as_str).into()
}
