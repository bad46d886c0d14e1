//! `waystone vault rotate`: replaces the vault's key and wraps all data keys with the new one.
//!
//! **Invariant:** a copy of the old key stays on the disk until everything has been decrypted with the new key. For
//! this check, the new key is read from its configured location. After that, no copy named `….old-<id>` remains, not
//! even one that an interrupted rotation left behind: each copy is either removed or, on request, renamed to
//! `….kept-<id>`.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use hub::settings::Settings;
use secret::Secret;
use serde_json::json;
use vault::{KeyId, KeySource, Proof, Rotated, Vault};

use super::proof::summary;
use crate::args::{Common, RotateArgs};
use crate::failure::{Failure, cannot};
use crate::hub_settings::{open_vault, settings};
use crate::linking::store::by;
use crate::out::Out;

/// The suffix of a copy of an old key, before the key's id.
const OLD: &str = ".old-";

/// A copy of an old key.
struct OldKey {
    path: PathBuf,
    /// The path to which the copy is moved if it is kept.
    kept: PathBuf,
}

pub(super) async fn run(common: &Common, args: &RotateArgs, out: &Out) -> Result<u8, Failure> {
    let settings = settings(common, &args.store, out)?;
    let to = to(&settings, args)?;
    let vault = open_vault(&settings).await?;
    let result = rotate(&vault, &settings.key.value, to.clone()).await;
    vault.close().await;
    let (rotated, proof) = result?;
    let old = match file_of(&settings.key.value) {
        Some(path) => old_keys(path, rotated.key)?,
        None => Vec::new(),
    };
    let kept = if args.keep_old_key { keep(old)? } else { remove(old)? };
    let has_moved = file_of(&to) != file_of(&settings.key.value);
    if args.store.json {
        out.json(&json!({
            "key": rotated.key.to_string(),
            "rewrapped": rotated.rewrapped,
            "resumed": rotated.resumed,
            "accounts": proof.accounts,
            "sealed": proof.sealed,
            "old_keys": kept.iter().map(|path| path.display().to_string()).collect::<Vec<_>>(),
        }));
    } else {
        let event = if rotated.resumed { "Finished the interrupted rotation" } else { "Rotated the key" };
        let (key, summary) = (rotated.key, summary(&proof));
        out.success(&format!("{event}: the vault now uses key {key}, and the check {summary}."));
        for path in kept {
            out.message(&format!("An old key is kept at {}.", path.display()));
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

/// Rotates the key and checks the vault. While the new key replaces the old key in the key file, keeps a copy of the
/// old key.
async fn rotate(vault: &Vault, from: &KeySource, to: KeySource) -> Result<(Rotated, Proof), Failure> {
    let mut copy = None;
    if let (Some(path), true) = (file_of(from), file_of(from) == file_of(&to)) {
        let (current, retiring) = vault.key_ids().await?;
        let old = with_suffix(path, &format!("{OLD}{}", retiring.unwrap_or(current)));
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
    Ok((rotated, proof))
}

/// Returns the copies of old keys next to a key file: the copy that this rotation made, and those that interrupted
/// rotations left behind. Sorted by path.
fn old_keys(path: &Path, current: KeyId) -> Result<Vec<OldKey>, Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let prefix = with_suffix(Path::new(path.file_name().unwrap_or_default()), OLD);
    let is_old = |name: &str| {
        let id = name.strip_prefix(prefix.to_str()?)?.parse::<KeyId>().ok()?;
        // A rotation writes the id in only one form, so a name with another form of it is not a copy.
        (id != current && name.ends_with(&format!("{OLD}{id}"))).then_some(id)
    };
    let mut copies = Vec::new();
    for entry in fs::read_dir(folder).map_err(cannot("read", folder))? {
        let entry = entry.map_err(cannot("read", folder))?;
        if let Some(id) = entry.file_name().to_str().and_then(is_old) {
            copies.push(OldKey { path: entry.path(), kept: with_suffix(path, &format!(".kept-{id}")) });
        }
    }
    copies.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(copies)
}

/// Removes the copies. Returns an empty list, because no copies are kept.
fn remove(copies: Vec<OldKey>) -> Result<Vec<PathBuf>, Failure> {
    for copy in copies {
        fs::remove_file(&copy.path).map_err(cannot("remove", &copy.path))?;
    }
    Ok(Vec::new())
}

/// Renames the copies, so that later rotations do not remove them. Returns their new paths.
fn keep(copies: Vec<OldKey>) -> Result<Vec<PathBuf>, Failure> {
    let mut kept = Vec::new();
    for copy in copies {
        fs::rename(&copy.path, &copy.kept).map_err(cannot("rename", &copy.path))?;
        kept.push(copy.kept);
    }
    Ok(kept)
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
