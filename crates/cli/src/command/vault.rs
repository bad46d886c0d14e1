//! `waystone vault`: manages the Hub's vault, whether or not the Hub runs.
//!
//! **Invariant:** nothing encrypted is shown, and no command creates a vault.

mod proof;
mod rotate;

use std::path::Path;

use hub::settings::Settings;
use jiff::Timestamp;
use serde_json::json;
use vault::BackupError;

use self::proof::{as_json, summary};
use crate::args::{Common, StoreArgs, VaultCommand};
use crate::failure::{FOUND, Failure};
use crate::hub_settings::{open_vault, settings};
use crate::out::{Ink, Out};

pub(crate) async fn run(common: &Common, command: &VaultCommand, out: &Out) -> Result<u8, Failure> {
    match command {
        VaultCommand::Rotate(args) => rotate::run(common, args, out).await,
        VaultCommand::Backup { file, force, store } => backup(common, file, *force, store, out).await,
        VaultCommand::Restore { file, store } => restore(common, file, store, out).await,
        VaultCommand::Check { store } => check(common, store, out).await,
    }
}

async fn backup(
    common: &Common,
    file: &Path,
    force: bool,
    store: &StoreArgs,
    out: &Out,
) -> Result<u8, Failure> {
    let settings = settings(common, store, out)?;
    on_no_server(&settings, "pg_dump --format=custom --no-owner", &format!("--file {}", quoted(file)))?;
    let vault = open_vault(&settings).await?;
    let made = vault.back_up(file, force).await;
    vault.close().await;
    let proof = made.map_err(|error| failure(&error))?;
    if store.json {
        let mut value = as_json(&proof);
        value["file"] = json!(file.display().to_string());
        out.line(&format!("{value:#}"));
        return Ok(0);
    }
    let tick = out.ink(Ink::Good, "✓");
    out.line(&format!("{tick} Backed up the vault to {}: {}.", file.display(), summary(&proof)));
    out.say(&format!(
        "It is encrypted with key {}, which it does not contain. Keep a copy of that key elsewhere.",
        proof.key
    ));
    Ok(0)
}

async fn restore(common: &Common, file: &Path, store: &StoreArgs, out: &Out) -> Result<u8, Failure> {
    let settings = settings(common, store, out)?;
    on_no_server(&settings, "pg_restore --clean --if-exists --no-owner", &quoted(file))?;
    let (folder, key) = (&settings.data.value, &settings.key.value);
    let restored = vault::restore(folder, key, file, Timestamp::now()).await;
    let restored = restored.map_err(|error| failure(&error))?;
    let kept = restored.kept.map(|path| path.display().to_string());
    if store.json {
        let mut value = as_json(&restored.proof);
        value["kept"] = json!(kept);
        out.line(&format!("{value:#}"));
        return Ok(0);
    }
    let tick = out.ink(Ink::Good, "✓");
    out.line(&format!("{tick} Restored {}: {}.", file.display(), summary(&restored.proof)));
    if let Some(kept) = kept {
        out.say(&format!("The replaced vault is kept at {kept}."));
    }
    Ok(0)
}

async fn check(common: &Common, store: &StoreArgs, out: &Out) -> Result<u8, Failure> {
    let vault = open_vault(&settings(common, store, out)?).await?;
    let proof = vault.prove().await;
    vault.close().await;
    let proof = proof.map_err(|error| Failure { code: FOUND, ..Failure::environment(&error) })?;
    if store.json {
        out.line(&format!("{:#}", as_json(&proof)));
    } else {
        let tick = out.ink(Ink::Good, "✓");
        out.line(&format!("{tick} Everything can be decrypted with key {}: {}.", proof.key, summary(&proof)));
    }
    Ok(0)
}

/// Refuses databases on a server, and says which of the server's own tools to run instead.
fn on_no_server(settings: &Settings, program: &str, file: &str) -> Result<(), Failure> {
    let Some(url) = &settings.database.value else { return Ok(()) };
    let url = vault::without_password(url).unwrap_or_else(|| "URL".to_owned());
    let help = format!(
        "run `{program} --dbname '{}' {file}` (it takes the password from PGPASSWORD or ~/.pgpass), then `waystone vault check`",
        url.replace('\'', "%27")
    );
    Err(Failure::usage(
        "the vault is in a PostgreSQL database, which must be backed up with PostgreSQL's own tools",
    )
    .help(help))
}

/// A path quoted for a shell.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', "'\\''"))
}

fn failure(error: &BackupError) -> Failure {
    let failure = Failure::environment(error);
    match error {
        BackupError::Exists { .. } => failure.help("choose another name, or add --force"),
        BackupError::InUse { .. } => failure.help("stop the Hub and every other program that uses the vault"),
        BackupError::NotAVault { .. } | BackupError::Empty { .. } => {
            failure.help("pass a file created by `waystone vault backup`. Nothing was changed")
        }
        _ => failure,
    }
}
