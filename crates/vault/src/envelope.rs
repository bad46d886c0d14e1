//! An account's credentials in their envelope.
//!
//! **Invariant:** the wrapped data key is bound to the account's id and version, to the names of its secret
//! fields, and to where the credentials may be used (project, provider, method, environment, public fields); each value is
//! bound to account, field and version. So whoever can write to the database, but has no key, can neither move
//! a credential to another account nor point it at another host; only put a whole account back as it was.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use secret::Secret;
use sha2::{Digest as _, Sha256};

use crate::account::Account;
use crate::error::StoreError;
use crate::key::{Key, KeyId};
use crate::seal::{DataKey, SealError};

/// What goes into the tables.
pub(crate) struct Envelope {
    /// The key under which the data key is wrapped.
    pub(crate) kek: KeyId,
    /// The data key, wrapped.
    pub(crate) wrapped_key: Vec<u8>,
    /// The secret fields, sealed, by name.
    pub(crate) fields: Vec<(String, Vec<u8>)>,
}

/// Puts an account's secrets under seal, with a data key that was never used before.
pub(crate) fn seal(
    key: &Key,
    account: &Account,
    secrets: &BTreeMap<String, Secret>,
) -> Result<Envelope, StoreError> {
    let failed = failed(account);
    let data_key = DataKey::random().map_err(&failed)?;
    let wrapped_key = data_key.wrap(key, &parts(&key_place(account))).map_err(&failed)?;
    let mut fields = Vec::new();
    for (field, secret) in secrets {
        let place = field_place(account, field);
        let sealed = data_key.seal(&parts(&place), secret.expose().as_bytes()).map_err(&failed)?;
        fields.push((field.clone(), sealed));
    }
    Ok(Envelope { kek: key.id(), wrapped_key, fields })
}

/// Takes an account's secrets out of their envelope.
pub(crate) fn open(
    key: &Key,
    account: &Account,
    wrapped_key: &[u8],
    fields: Vec<(String, Vec<u8>)>,
) -> Result<BTreeMap<String, Secret>, StoreError> {
    let failed = failed(account);
    let data_key = DataKey::unwrap(key, &parts(&key_place(account)), wrapped_key).map_err(&failed)?;
    if !fields.iter().map(|(field, _)| field).eq(&account.secret_fields) {
        return Err(StoreError::damaged(format!("the list of secrets of account {}", account.id)));
    }
    let mut secrets = BTreeMap::new();
    for (field, sealed) in fields {
        let plain = data_key.open(&parts(&field_place(account, &field)), &sealed).map_err(&failed)?;
        let text = std::str::from_utf8(&plain)
            .map_err(|_| StoreError::damaged(format!("field {field} of account {}", account.id)))?;
        secrets.insert(field, Secret::new(text));
    }
    Ok(secrets)
}

/// The data key, unwrapped and wrapped again under another key. The secrets themselves stay as they are.
pub(crate) fn rewrap(
    from: &Key,
    to: &Key,
    account: &Account,
    wrapped_key: &[u8],
) -> Result<Vec<u8>, StoreError> {
    let place = key_place(account);
    DataKey::unwrap(from, &parts(&place), wrapped_key)
        .and_then(|data_key| data_key.wrap(to, &parts(&place)))
        .map_err(failed(account))
}

fn failed(account: &Account) -> impl Fn(SealError) -> StoreError + use<> {
    StoreError::seal(format!("the credentials of account {}", account.id))
}

fn key_place(account: &Account) -> [String; 4] {
    ["waystone/account-key".to_owned(), account.id.to_string(), account.version.to_string(), binding(account)]
}

fn field_place(account: &Account, field: &str) -> [String; 4] {
    ["waystone/credential".to_owned(), account.id.to_string(), field.to_owned(), account.version.to_string()]
}

fn parts(place: &[String; 4]) -> [&str; 4] {
    place.each_ref().map(String::as_str)
}

/// A digest of what the credentials may be used for. Every part with its length, every list with its count.
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
    for name in &account.secret_fields {
        add(name);
    }
    // Nor can they be given to another project.
    if let Some(home) = &account.home {
        add("project");
        add(&home.project);
    }
    digest.finalize().iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
