//! The vault from outside: what is promised, under several processes, under `kill -9`, and against a database
//! that somebody has changed.
#![expect(clippy::unwrap_used, reason = "what helps a test may fail as a test does")]

mod accounts;
mod attempts;
mod both;
mod connector_profiles;
// There is nothing to crash at in a release build.
#[cfg(all(unix, debug_assertions))]
mod crashes;
mod drafts;
mod hub;
mod keys;
mod process;
mod rotation;
mod schema;
mod sealed;
mod seals;
mod sessions;
mod sign_ins;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use secret::Secret;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};
use vault::{
    Account, AccountId, By, ChangeError, CreatedFrom, Draft, KeySource, NewAccount, Replacing, Vault,
};

/// What no file, error or debug text may hold.
const CANARY: &str = "canary-7f3a/plain=text";

/// Minutes into the test.
fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + 60 * minutes).unwrap()
}

fn key_file(folder: &Path) -> KeySource {
    KeySource::File(folder.join("vault.key"))
}

/// Who changes something, minutes into the test.
fn by(actor: &str, minutes: i64) -> By<'_> {
    By::new(actor, at(minutes))
}

/// Stores a new account.
async fn add(vault: &Vault, new: &NewAccount, by: By<'_>) -> Result<Account, ChangeError> {
    vault.store(new, Replacing::Nothing, CreatedFrom::default(), by).await
}

/// Replaces the first version of an account.
async fn replace(
    vault: &Vault,
    id: &AccountId,
    new: &NewAccount,
    from: CreatedFrom<'_>,
    by: By<'_>,
) -> Result<Account, ChangeError> {
    vault.store(new, Replacing::Account { id, version: 1 }, from, by).await
}

/// An account that was created from a draft.
fn draft(key: &str) -> CreatedFrom<'_> {
    CreatedFrom { draft: Some(key), ..CreatedFrom::default() }
}

/// A draft that is kept from one minute of the test to another.
fn draft_of(guide_digest: &str, snapshot: Secret, from: i64, to: i64) -> Draft {
    Draft { guide_digest: guide_digest.to_owned(), snapshot, saved_at: at(from), expires_at: at(to) }
}

async fn open(folder: &Path) -> Vault {
    Vault::open(folder, key_file(folder)).await.unwrap()
}

fn map<T: From<String>>(pairs: &[(&str, &str)]) -> BTreeMap<String, T> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), T::from((*value).to_owned()))).collect()
}

/// An account with this token.
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

/// The database, past the vault.
async fn raw(folder: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(folder.join("vault.db")).connect().await.unwrap()
}

/// Changes the database, past the vault.
async fn meddle(folder: &Path, sql: &'static str) {
    let mut database = raw(folder).await;
    sqlx::raw_sql(sql).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
}

/// A number in the database, past the vault.
async fn count(folder: &Path, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&mut raw(folder).await).await.unwrap()
}

/// A blob in the database, past the vault.
async fn blob(folder: &Path, sql: &'static str) -> Vec<u8> {
    sqlx::query_scalar(sql).fetch_one(&mut raw(folder).await).await.unwrap()
}

/// All files of a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Whether a file of the folder holds these bytes.
fn is_in_a_file(folder: &Path, bytes: &[u8]) -> bool {
    files(folder)
        .iter()
        .any(|file| std::fs::read(file).unwrap().windows(bytes.len()).any(|window| window == bytes))
}

/// The key file's text, as an environment variable would hold it.
fn key_text(folder: &Path) -> Secret {
    Secret::new(std::fs::read_to_string(folder.join("vault.key")).unwrap())
}
