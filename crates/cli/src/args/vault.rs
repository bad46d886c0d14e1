//! What `waystone vault` takes.
//!
//! **Invariant:** a vault is found by the settings of the Hub, and by nothing else: file, environment, flags.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Flags;

#[derive(Debug, Subcommand)]
pub(crate) enum VaultCommand {
    /// Seal everything under another key, while the Hub goes on. Asked for again, it finishes what was cut off.
    #[command(after_help = "Examples:\n  waystone vault rotate\n  \
waystone vault rotate --to-key-file /run/secrets/next_key")]
    Rotate(RotateArgs),
    /// Copy the vault into a file, while the Hub goes on, and prove the copy. It holds no key.
    #[command(after_help = "Example: waystone vault backup /backups/vault.db")]
    Backup {
        /// The file of the copy.
        file: PathBuf,
        /// Replace the file if it exists.
        #[arg(long)]
        force: bool,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Put a copy in the vault's place, proved first, while no Hub runs. What was there is kept beside it.
    #[command(after_help = "Example: waystone vault restore /backups/vault.db")]
    Restore {
        /// The file of the copy.
        file: PathBuf,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Open everything in the vault with its key, and show none of it.
    #[command(after_help = "Example: waystone vault check")]
    Check {
        #[command(flatten)]
        store: StoreArgs,
    },
}

#[derive(Debug, Args)]
pub(crate) struct RotateArgs {
    /// Where the new key is from now on: a file, made if there is none.
    #[arg(long, value_name = "FILE", group = "to")]
    pub(crate) to_key_file: Option<PathBuf>,
    /// Where the new key is from now on: a program and its arguments; it prints the key.
    #[arg(long, value_name = "COMMAND", group = "to")]
    pub(crate) to_key_command: Option<String>,
    /// Where the new key is from now on: a variable of the environment.
    #[arg(long, value_name = "NAME", group = "to")]
    pub(crate) to_key_env: Option<String>,
    /// Leave the copy of the old key where it is, for backups that are sealed under it.
    #[arg(long)]
    pub(crate) keep_old_key: bool,
    #[command(flatten)]
    pub(crate) store: StoreArgs,
}

/// Which vault.
#[derive(Debug, Args)]
pub(crate) struct StoreArgs {
    /// The file of the Hub's settings. What the environment says to `serve` counts here, too.
    #[arg(long, value_name = "FILE", env = "WAYSTONE_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// A file that holds the URL of the PostgreSQL database.
    #[arg(long, value_name = "FILE")]
    database_url_file: Option<String>,
    /// The file of the vault's key.
    #[arg(long, value_name = "FILE")]
    key_file: Option<String>,
    /// A program and its arguments; it prints the vault's key.
    #[arg(long, value_name = "COMMAND")]
    key_command: Option<String>,
    /// Another variable that holds the vault's key.
    #[arg(long, value_name = "NAME")]
    key_env: Option<String>,
    /// One JSON document instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

impl StoreArgs {
    /// What was said, by the key of the setting.
    pub(crate) fn flags(&self) -> Flags {
        let said = [
            ("database_url_file", &self.database_url_file),
            ("key.file", &self.key_file),
            ("key.command", &self.key_command),
            ("key.env", &self.key_env),
        ];
        let said = said.into_iter().filter_map(|(key, text)| Some((key, vec![text.clone()?])));
        Flags(said.collect::<BTreeMap<_, _>>())
    }
}
