//! Envelope encryption of an account's credentials.
//!
//! **Invariant:** the wrapped data key is bound to the account's id and version, to the names of its secret fields, and
//! to the context in which the credentials may be used (project, provider, method, environment, public fields). Each
//! value is bound to its account, field and version. Therefore, an attacker who can write to the database but does not
//! have the vault's key cannot move a credential to another account or cause it to be sent to another host. At most,
//! the attacker can restore an earlier state of a whole account.

use std::collections::{BTreeMap, BTreeSet};

use secret::Secret;
use sha2::{Digest as _, Sha256};

use crate::account::Account;
use crate::error::StoreError;
use crate::key::{Key, KeyId};
use crate::seal::{DataKey, SealError};

/// Sealed credentials, as stored in the tables.
pub(crate) struct Envelope {
    /// The id of the vault key that wraps the data key.
    pub(crate) kek: KeyId,
    pub(crate) wrapped_key: Vec<u8>,
    /// The names and sealed values of the secret fields.
    pub(crate) fields: Vec<(String, Vec<u8>)>,
}

/// Seals an account's secrets with a fresh data key.
pub(crate) fn seal(
    key: &Key,
    account: &Account,
    secrets: &BTreeMap<String, Secret>,
) -> Result<Envelope, StoreError> {
    let failed = failed(account);
    let data_key = DataKey::random().map_err(&failed)?;
    let wrapped_key = data_key.wrap(key, &of_key(account)).map_err(&failed)?;
    let mut fields = Vec::new();
    for (field, secret) in secrets {
        let context = of_field(account, field);
        let sealed = data_key.seal(&context, secret.expose().as_bytes()).map_err(&failed)?;
        fields.push((field.clone(), sealed));
    }
    Ok(Envelope { kek: key.id(), wrapped_key, fields })
}

/// Opens an account's secrets.
pub(crate) fn open(
    key: &Key,
    account: &Account,
    wrapped_key: &[u8],
    fields: &[(String, Vec<u8>)],
) -> Result<BTreeMap<String, Secret>, StoreError> {
    let failed = failed(account);
    let data_key = DataKey::unwrap(key, &of_key(account), wrapped_key).map_err(&failed)?;
    // Compares sets, because databases sort names differently.
    let names: BTreeSet<&String> = fields.iter().map(|(field, _)| field).collect();
    if fields.len() != account.secret_fields.len() || !names.into_iter().eq(&account.secret_fields) {
        return Err(StoreError::damaged(format!("account {}'s list of secret fields", account.id)));
    }
    let mut secrets = BTreeMap::new();
    for (field, sealed) in fields {
        let plain = data_key.open(&of_field(account, field), sealed).map_err(&failed)?;
        let text = std::str::from_utf8(&plain)
            .map_err(|_| StoreError::damaged(format!("field {field} of account {}", account.id)))?;
        secrets.insert(field.clone(), Secret::new(text));
    }
    Ok(secrets)
}

/// Rewraps an account's data key under another vault key. The sealed secrets remain unchanged.
pub(crate) fn rewrap(
    from: &Key,
    to: &Key,
    account: &Account,
    wrapped_key: &[u8],
) -> Result<Vec<u8>, StoreError> {
    let context = of_key(account);
    DataKey::unwrap(from, &context, wrapped_key)
        .and_then(|data_key| data_key.wrap(to, &context))
        .map_err(failed(account))
}

fn failed(account: &Account) -> impl Fn(SealError) -> StoreError + use<> {
    StoreError::seal(format!("the credentials of account {}", account.id))
}

/// Returns the associated data for the data key.
fn of_key(account: &Account) -> [String; 4] {
    ["waystone/account-key".to_owned(), account.id.to_string(), account.version.to_string(), binding(account)]
}

/// Returns the associated data for a field.
fn of_field(account: &Account, field: &str) -> [String; 4] {
    ["waystone/credential".to_owned(), account.id.to_string(), field.to_owned(), account.version.to_string()]
}

/// Returns a digest of the context in which the credentials may be used. Every part is prefixed with its length and
/// every list with its number of items, so that different contexts never produce the same input to the digest.
fn binding(account: &Account) -> String {
    let mut digest = Sha256::new();
    let mut add = |part: &str| {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    };
    add(&account.provider);
    add(&account.method);
    add(if account.environment.is_some() { "in" } else { "" });
    add(account.environment.as_deref().unwrap_or_default());
    add(&account.values.len().to_string());
    for (name, value) in &account.values {
        add(name);
        add(value);
    }
    add(&account.secret_fields.len().to_string());
    for name in &account.secret_fields {
        add(name);
    }
    // Prevents the credentials from being moved to another project.
    if let Some(home) = &account.home {
        add("project");
        add(&home.project);
    }
    hex::encode(digest.finalize())
}
