//! `waystone vault rotate`: encrypts the vault with a new key.
//!
//! **Invariant:** a copy of the old key stays on the disk until everything has been decrypted with the new key, read from
//! its configured place.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use hub::settings::Settings;
use jiff::Timestamp;
use secret::Secret;
use serde_json::json;
use vault::{By, KeySource, Proof, Rotated, Vault};

use super::proof::summary;
use crate::args::{Common, RotateArgs};
use crate::failure::Failure;
use crate::hub_settings::{open_vault, settings};
use crate::linking::store::ACTOR;
use crate::out::{Ink, Out};

pub(super) async fn run(common: &Common, args: &RotateArgs, out: &Out) -> Result<u8, Failure> {
    let settings = settings(common, &args.store, out)?;
    let to = to(&settings, args)?;
    let vault = open_vault(&settings).await?;
    let done = rotate(&vault, &settings.key.value, to.clone()).await;
    vault.close().await;
    let (rotated, proof, copy) = done?;
    let copy = match copy {
        Some(copy) if !args.keep_old_key => {
            fs::remove_file(&copy)
                .map_err(|error| Failure::io(format!("cannot remove `{}`", copy.display()), &error))?;
            None
        }
        copy => copy,
    };
    let moved = file_of(&to) != file_of(&settings.key.value);
    if args.store.json {
        let value = json!({
            "key": rotated.key.to_string(),
            "rewrapped": rotated.rewrapped,
            "resumed": rotated.resumed,
            "accounts": proof.accounts,
            "sealed": proof.sealed,
            "old_key": copy.map(|path| path.display().to_string()),
        });
        out.line(&format!("{value:#}"));
    } else {
        let begun = if rotated.resumed { "Finished the interrupted rotation" } else { "Rotated the key" };
        let tick = out.ink(Ink::Good, "✓");
        out.line(&format!(
            "{tick} {begun}: the vault now uses key {}, and the check {}.",
            rotated.key,
            summary(&proof)
        ));
        if let Some(copy) = copy {
            out.say(&format!("The old key is kept at {}.", copy.display()));
        }
        out.say("Existing backups are encrypted with the old key. Create a new backup now.");
    }
    if moved {
        out.say(&format!("The key has moved. Set the Hub's key to {to} and restart the Hub."));
    }
    Ok(0)
}

/// The source of the new key.
fn to(settings: &Settings, args: &RotateArgs) -> Result<KeySource, Failure> {
    if let Some(path) = &args.to_key_file {
        return Ok(KeySource::File(path.clone()));
    }
    if let Some(command) = &args.to_key_command {
        return Ok(KeySource::Command(command.split_whitespace().map(str::to_owned).collect()));
    }
    if let Some(name) = &args.to_key_env {
        let text = env::var(name).ok().filter(|text| !text.is_empty());
        let text = text
            .ok_or_else(|| Failure::usage(format!("the environment variable {name} is empty or not set")))?;
        return Ok(KeySource::Text(Secret::new(text)));
    }
    match &settings.key.value {
        KeySource::File(path) => Ok(KeySource::File(path.clone())),
        KeySource::Text(_) | KeySource::Command(_) => {
            Err(Failure::usage("the key is not in a file, so the source of the new key must be given")
                .help("add --to-key-file, --to-key-command or --to-key-env"))
        }
    }
}

/// Rotates the key and checks the vault. Returns the path of the old key's copy, if the new key has replaced the old one in
/// its file.
async fn rotate(
    vault: &Vault,
    from: &KeySource,
    to: KeySource,
) -> Result<(Rotated, Proof, Option<PathBuf>), Failure> {
    let failed = |error: &(dyn std::error::Error + 'static)| Failure::environment(error);
    let mut copy = None;
    if let (Some(path), true) = (file_of(from), file_of(from) == file_of(&to)) {
        let (current, retiring) = vault.key_ids().await.map_err(|error| failed(&error))?;
        let old = with_suffix(path, &format!(".old-{}", retiring.unwrap_or(current)));
        // An interrupted rotation has made the copy already, and the file may contain the new key by now.
        if retiring.is_none() {
            vault.copy_key(old.clone()).await.map_err(|error| failed(&error))?;
        }
        copy = old.exists().then_some(old);
    }
    let kept = |failure: Failure| match &copy {
        Some(copy) => {
            failure.help(format!("the old key is kept at {}. Run the command again", copy.display()))
        }
        None => failure,
    };
    let rotated = vault.rotate_key(to, By::new(ACTOR, Timestamp::now())).await;
    let rotated = rotated.map_err(|error| kept(failed(&error)))?;
    let proof = vault.prove().await.map_err(|error| kept(failed(&error)))?;
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
