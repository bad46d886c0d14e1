//! Tests the vault's guarantees through its public API: with several processes, with SIGKILL, and with a tampered
//! database.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod accounts;
mod api_keys;
mod attempts;
mod both;
mod connector_profiles;
// Release builds have no crash points.
#[cfg(all(unix, debug_assertions))]
mod crashes;
mod drafts;
mod endings;
mod hub;
mod keys;
mod process;
mod prune;
mod refusals;
mod rotation;
mod schema;
mod sealed;
mod seals;
mod sessions;
mod sign_ins;
mod uses;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use secret::Secret;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};
use vault::{
    Account, AccountId, By, ChangeError, CreatedFrom, Draft, KeySource, NewAccount, Replacing, Vault,
};

/// A secret that must not appear in any file, error or debug output.
const CANARY: &str = "canary-7f3a/plain=text";

/// Returns a time, given in minutes since the start of the test.
fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + 60 * minutes).unwrap()
}

fn key_file(folder: &Path) -> KeySource {
    KeySource::File(folder.join("vault.key"))
}

/// Returns an actor and a time, given in minutes since the start of the test.
fn by(actor: &str, minutes: i64) -> By<'_> {
    By::new(actor, at(minutes))
}

/// Stores a new account.
async fn add(vault: &Vault, new: &NewAccount, by: By<'_>) -> Result<Account, ChangeError> {
    vault.store(new, Replacing::Nothing, CreatedFrom::default(), by).await
}

/// Replaces version 1 of an account.
async fn replace(
    vault: &Vault,
    id: &AccountId,
    new: &NewAccount,
    from: CreatedFrom<'_>,
    by: By<'_>,
) -> Result<Account, ChangeError> {
    vault.store(new, Replacing::Account { id, version: 1 }, from, by).await
}

/// Returns the origin of an account that is created from a draft.
fn draft(key: &str) -> CreatedFrom<'_> {
    CreatedFrom { draft: Some(key), ..CreatedFrom::default() }
}

/// Returns a draft that is saved at `from` and expires at `to`, both in minutes since the start of the test.
fn draft_of(guide_digest: &str, snapshot: Secret, from: i64, to: i64) -> Draft {
    Draft { guide_digest: guide_digest.to_owned(), snapshot, saved_at: at(from), expires_at: at(to) }
}

async fn open(folder: &Path) -> Vault {
    Vault::open(folder, key_file(folder)).await.unwrap()
}

fn map<T: From<String>>(pairs: &[(&str, &str)]) -> BTreeMap<String, T> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), T::from((*value).to_owned()))).collect()
}

/// Returns a new account with this token.
fn sample(token: &str) -> NewAccount {
    NewAccount {
        provider: "gladly".to_owned(),
        method: "api_key".to_owned(),
        environment: Some("sandbox".to_owned()),
        external_id: Some("acme-sandbox".to_owned()),
        name: Some("Acme".to_owned()),
        label: None,
        values: map(&[("organization", "acme"), ("email", "ada@example.com")]),
        secrets: map(&[("token", token), ("password", "hunter-2-hunter")]),
        guide_digest: "d1".to_owned(),
        proved: vec!["identity".to_owned()],
        outcome: "ok".to_owned(),
        identity: map(&[("organization", "Acme")]),
        home: None,
    }
}

/// Connects to the database directly, without the vault.
async fn raw(folder: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(folder.join("vault.db")).connect().await.unwrap()
}

/// Changes the database directly, without the vault.
async fn tamper(folder: &Path, sql: &'static str) {
    let mut database = raw(folder).await;
    sqlx::raw_sql(sql).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
}

/// Reads an integer directly from the database, without the vault.
async fn count(folder: &Path, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&mut raw(folder).await).await.unwrap()
}

/// Reads a blob directly from the database, without the vault.
async fn blob(folder: &Path, sql: &'static str) -> Vec<u8> {
    sqlx::query_scalar(sql).fetch_one(&mut raw(folder).await).await.unwrap()
}

/// Returns the files in a folder, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Returns whether a file in the folder contains these bytes.
fn is_in_a_file(folder: &Path, bytes: &[u8]) -> bool {
    files(folder)
        .iter()
        .any(|file| std::fs::read(file).unwrap().windows(bytes.len()).any(|window| window == bytes))
}

/// Returns the contents of the key file, for a [`KeySource::Text`].
fn key_text(folder: &Path) -> Secret {
    Secret::new(std::fs::read_to_string(folder.join("vault.key")).unwrap())
}
