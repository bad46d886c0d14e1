//! `waystone vault`: manages the Hub's vault. Only `restore` requires that no other program is using the vault.
//!
//! **Invariant:** no command shows sealed data or creates a new vault.

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
use crate::guides::quoted;
use crate::hub_settings::{open_vault, settings};
use crate::out::Out;

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
    refuse_server(&settings, "pg_dump --format=custom --no-owner", &format!("--file {}", quoted(file)))?;
    let vault = open_vault(&settings).await?;
    let proof = vault.back_up(file, force).await;
    vault.close().await;
    let proof = proof.map_err(failure)?;
    if store.json {
        let mut value = as_json(&proof);
        value["file"] = json!(file.display().to_string());
        out.json(&value);
        return Ok(0);
    }
    out.success(&format!("Backed up the vault to {}: {}.", file.display(), summary(&proof)));
    out.message(&format!(
        "The backup is encrypted with key {}, which it does not contain. Keep a copy of that key elsewhere.",
        proof.key
    ));
    Ok(0)
}

async fn restore(common: &Common, file: &Path, store: &StoreArgs, out: &Out) -> Result<u8, Failure> {
    let settings = settings(common, store, out)?;
    refuse_server(&settings, "pg_restore --clean --if-exists --no-owner", &quoted(file))?;
    let (folder, key) = (&settings.data.value, &settings.key.value);
    let restored = vault::restore(folder, key, file, Timestamp::now()).await.map_err(failure)?;
    let kept = restored.kept.map(|path| path.display().to_string());
    if store.json {
        let mut value = as_json(&restored.proof);
        value["kept"] = json!(kept);
        out.json(&value);
        return Ok(0);
    }
    out.success(&format!("Restored {}: {}.", file.display(), summary(&restored.proof)));
    if let Some(kept) = kept {
        out.message(&format!("The replaced vault is kept at {kept}."));
    }
    Ok(0)
}

async fn check(common: &Common, store: &StoreArgs, out: &Out) -> Result<u8, Failure> {
    let vault = open_vault(&settings(common, store, out)?).await?;
    let proof = vault.prove().await;
    vault.close().await;
    let proof = proof.map_err(|error| Failure { code: FOUND, ..error.into() })?;
    if store.json {
        out.json(&as_json(&proof));
    } else {
        out.success(&format!("Everything can be decrypted with key {}: {}.", proof.key, summary(&proof)));
    }
    Ok(0)
}

/// Rejects a vault that is stored on a database server, and names the database's own tool to use instead.
fn refuse_server(settings: &Settings, program: &str, file: &str) -> Result<(), Failure> {
    let Some(url) = &settings.database.value else { return Ok(()) };
    let url = vault::without_password(url).unwrap_or_else(|| "URL".to_owned());
    let help = format!(
        "run `{program} --dbname '{}' {file}` (it reads the password from PGPASSWORD or ~/.pgpass), then `waystone vault check`",
        url.replace('\'', "%27")
    );
    let message =
        "the vault is in a PostgreSQL database: back it up and restore it with PostgreSQL's own tools";
    Err(Failure::usage(message).help(help))
}

fn failure(error: BackupError) -> Failure {
    let help = match error {
        BackupError::Exists { .. } => "choose another name, or add --force",
        BackupError::InUse { .. } => "stop the Hub and every other program that uses the vault",
        BackupError::NotAVault { .. } | BackupError::Empty { .. } => {
            "pass a file created by `waystone vault backup`. Nothing was changed"
        }
        _ => return error.into(),
    };
    Failure::from(error).help(help)
}
