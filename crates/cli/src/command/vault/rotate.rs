//! `waystone vault rotate`: replaces the vault's key and wraps all data keys with the new one.
//!
//! **Invariant:** a copy of the old key stays on the disk until everything has been decrypted with the new key. For
//! this check, the new key is read from its configured location.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use hub::settings::Settings;
use secret::Secret;
use serde_json::json;
use vault::{KeySource, Proof, Rotated, Vault};

use super::proof::summary;
use crate::args::{Common, RotateArgs};
use crate::failure::{Failure, cannot};
use crate::hub_settings::{open_vault, settings};
use crate::linking::store::by;
use crate::out::Out;

pub(super) async fn run(common: &Common, args: &RotateArgs, out: &Out) -> Result<u8, Failure> {
    let settings = settings(common, &args.store, out)?;
    let to = to(&settings, args)?;
    let vault = open_vault(&settings).await?;
    let result = rotate(&vault, &settings.key.value, to.clone()).await;
    vault.close().await;
    let (rotated, proof, mut copy) = result?;
    if let Some(copy) = copy.take_if(|_| !args.keep_old_key) {
        fs::remove_file(&copy).map_err(cannot("remove", &copy))?;
    }
    let has_moved = file_of(&to) != file_of(&settings.key.value);
    if args.store.json {
        out.json(&json!({
            "key": rotated.key.to_string(),
            "rewrapped": rotated.rewrapped,
            "resumed": rotated.resumed,
            "accounts": proof.accounts,
            "sealed": proof.sealed,
            "old_key": copy.map(|path| path.display().to_string()),
        }));
    } else {
        let event = if rotated.resumed { "Finished the interrupted rotation" } else { "Rotated the key" };
        let (key, summary) = (rotated.key, summary(&proof));
        out.success(&format!("{event}: the vault now uses key {key}, and the check {summary}."));
        if let Some(copy) = copy {
            out.message(&format!("The old key is kept at {}.", copy.display()));
        }
        out.message("Existing backups are encrypted with the old key. Create a new backup now.");
    }
    if has_moved {
        out.message(&format!(
            "The key's location has changed. Set the Hub's key to {to} and restart the Hub."
        ));
    }
    Ok(0)
}

/// Returns the source of the new key.
fn to(settings: &Settings, args: &RotateArgs) -> Result<KeySource, Failure> {
    if let Some(path) = &args.to_key_file {
        return Ok(KeySource::File(path.clone()));
    }
    if let Some(command) = &args.to_key_command {
        return Ok(KeySource::Command(command.split_whitespace().map(str::to_owned).collect()));
    }
    if let Some(name) = &args.to_key_env {
        return match env::var(name) {
            Ok(text) if !text.is_empty() => Ok(KeySource::Text(Secret::new(text))),
            _ => Err(Failure::usage(format!("the environment variable {name} is empty or not set"))),
        };
    }
    match &settings.key.value {
        KeySource::File(path) => Ok(KeySource::File(path.clone())),
        KeySource::Text(_) | KeySource::Command(_) => Err(Failure::usage(
            "the key is not stored in a file, so you must specify the source of the new key",
        )
        .help("add --to-key-file, --to-key-command or --to-key-env")),
    }
}

/// Rotates the key and checks the vault. Also returns the path to the copy of the old key, if the new key has replaced
/// the old key in the key file.
async fn rotate(
    vault: &Vault,
    from: &KeySource,
    to: KeySource,
) -> Result<(Rotated, Proof, Option<PathBuf>), Failure> {
    let mut copy = None;
    if let (Some(path), true) = (file_of(from), file_of(from) == file_of(&to)) {
        let (current, retiring) = vault.key_ids().await?;
        let old = with_suffix(path, &format!(".old-{}", retiring.unwrap_or(current)));
        // An earlier, interrupted rotation has already created the copy, and the file may already contain the new key.
        if retiring.is_none() {
            vault.copy_key(old.clone()).await?;
        }
        copy = old.exists().then_some(old);
    }
    let help =
        copy.as_ref().map(|path| format!("the old key is kept at {}. Run the command again", path.display()));
    let failed = |failure: Failure| Failure { help: help.clone(), ..failure };
    let rotated = vault.rotate_key(to, by()).await.map_err(|error| failed(error.into()))?;
    let proof = vault.prove().await.map_err(|error| failed(error.into()))?;
    Ok((rotated, proof, copy))
}

fn file_of(source: &KeySource) -> Option<&Path> {
    match source {
        KeySource::File(path) => Some(path),
        KeySource::Text(_) | KeySource::Command(_) => None,
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}
