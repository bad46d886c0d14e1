//! The arguments of `waystone vault`.
//!
//! **Invariant:** the Hub's settings (file, environment and flags) alone determine which vault is used.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Flags;

#[derive(Debug, Subcommand)]
pub(crate) enum VaultCommand {
    /// Replace the vault's key and wrap all data keys with the new one, even while the Hub is running. To finish an
    /// interrupted rotation, run the command again.
    #[command(after_help = "Examples:\n  waystone vault rotate\n  \
waystone vault rotate --to-key-file /run/secrets/next_key")]
    Rotate(RotateArgs),
    /// Back up the vault to a file, even while the Hub is running, and verify the backup. The backup does not contain
    /// the key.
    #[command(after_help = "Example: waystone vault backup /backups/vault.db")]
    Backup {
        /// The backup file to write.
        file: PathBuf,
        /// Overwrite the file if it exists.
        #[arg(long)]
        force: bool,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Verify a backup and restore it. Stop the Hub first. The previous vault is kept next to the restored one.
    #[command(after_help = "Example: waystone vault restore /backups/vault.db")]
    Restore {
        /// The backup file.
        file: PathBuf,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Check that everything in the vault can be decrypted, without showing any of it.
    #[command(after_help = "Example: waystone vault check")]
    Check {
        #[command(flatten)]
        store: StoreArgs,
    },
}

#[derive(Debug, Args)]
pub(crate) struct RotateArgs {
    /// Store the new key in this file, which is created if it does not exist.
    #[arg(long, value_name = "FILE", group = "to")]
    pub(crate) to_key_file: Option<PathBuf>,
    /// Run this program (with its arguments) to get the new key.
    #[arg(long, value_name = "COMMAND", group = "to")]
    pub(crate) to_key_command: Option<String>,
    /// Get the new key from this environment variable.
    #[arg(long, value_name = "NAME", group = "to")]
    pub(crate) to_key_env: Option<String>,
    /// Keep the copy of the old key, which existing backups need.
    #[arg(long)]
    pub(crate) keep_old_key: bool,
    #[command(flatten)]
    pub(crate) store: StoreArgs,
}

/// The options that locate the vault.
#[derive(Debug, Args)]
pub(crate) struct StoreArgs {
    /// The Hub's settings file [env: `WAYSTONE_CONFIG`]. The environment variables of `waystone serve` also apply.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// A file that contains the URL of the PostgreSQL database.
    #[arg(long, value_name = "FILE")]
    database_url_file: Option<String>,
    /// The file that contains the vault's key.
    #[arg(long, value_name = "FILE")]
    key_file: Option<String>,
    /// A program (with its arguments) that prints the vault's key.
    #[arg(long, value_name = "COMMAND")]
    key_command: Option<String>,
    /// The environment variable that contains the vault's key.
    #[arg(long, value_name = "NAME")]
    key_env: Option<String>,
    /// Print one JSON document instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

impl StoreArgs {
    /// Returns the values of the given flags, by setting key.
    pub(crate) fn flags(&self) -> Flags {
        let flags = [
            ("database_url_file", &self.database_url_file),
            ("key.file", &self.key_file),
            ("key.command", &self.key_command),
            ("key.env", &self.key_env),
        ];
        Flags(flags.into_iter().filter_map(|(key, text)| Some((key, vec![text.clone()?]))).collect())
    }
}
