//! The table of the vault's keys, and the keys in memory.
//!
//! **Invariant:** exactly one key is used for sealing. During a rotation, the retiring key is stored wrapped under the
//! new key, and the new key is never stored wrapped under the retiring key. Therefore, the new key opens everything,
//! and the retiring key opens no key in the table.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use sqlx::Row as _;

use crate::database::{DbConnection, Engine};
use crate::error::StoreError;
use crate::key::{Key, KeyError, KeyId};
use crate::row::parsed;
use crate::seal::{unwrap, wrap};
use crate::source::KeySource;

/// A known value, stored wrapped under each key, that distinguishes the wrong key from a damaged row.
const CHECK: [u8; 32] = *b"waystone vault key check value 1";

/// The keys that a process uses, and the source from which they are loaded. If another process rotates the key, the new
/// key is loaded from the same source.
pub(crate) struct HeldKeys(RwLock<(KeySource, Ring)>);

/// The keys in memory, by id.
#[derive(Clone, Default)]
pub(crate) struct Ring(BTreeMap<KeyId, Arc<Key>>);

/// A row in `vault_keys`.
pub(crate) struct KeyRecord {
    pub(crate) id: KeyId,
    pub(crate) is_current: bool,
    check_value: Vec<u8>,
    sealed_previous: Option<Vec<u8>>,
}

impl HeldKeys {
    pub(crate) fn new(source: KeySource, ring: Ring) -> Self {
        Self(RwLock::new((source, ring)))
    }

    pub(crate) fn ring(&self) -> Ring {
        self.0.read().unwrap_or_else(PoisonError::into_inner).1.clone()
    }

    pub(crate) fn source(&self) -> KeySource {
        self.0.read().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    pub(crate) fn replace(&self, source: KeySource, ring: Ring) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = (source, ring);
    }

    /// Reloads the keys from the source and the table. Called after another process has started to rotate the key.
    pub(crate) async fn reload(&self, connection: &mut DbConnection) -> Result<Ring, StoreError> {
        let source = self.source();
        let loaded = source.load().await?;
        let records = records(connection).await?;
        let ring = Ring::assemble(loaded, &records, &source.to_string())?;
        self.replace(source, ring.clone());
        Ok(ring)
    }
}

impl Ring {
    pub(crate) fn get(&self, id: KeyId) -> Option<Arc<Key>> {
        self.0.get(&id).map(Arc::clone)
    }

    pub(crate) fn insert(&mut self, key: Key) {
        self.0.insert(key.id(), Arc::new(key));
    }

    /// Builds the ring from the loaded keys that have a row in the table, and from the retiring key, which the current
    /// key unwraps. Fails if the table's current key was not loaded. `origin` names the source in errors.
    pub(crate) fn assemble(loaded: Vec<Key>, records: &[KeyRecord], origin: &str) -> Result<Self, KeyError> {
        let mut ring = Self::default();
        let first = loaded.first().map(Key::id);
        for key in loaded {
            if let Some(record) = records.iter().find(|record| record.id == key.id()) {
                let check = unwrap(&key, &["waystone/check", &record.id.to_string()], &record.check_value);
                if check.is_ok_and(|check| *check == CHECK) {
                    ring.insert(key);
                } else {
                    return Err(KeyError::Damaged { id: record.id });
                }
            }
        }
        let Some(record) = records.iter().find(|record| record.is_current) else { return Ok(ring) };
        let Some(current) = ring.get(record.id) else {
            let found = first.unwrap_or(record.id);
            return Err(KeyError::Wrong { origin: origin.to_owned(), found, expected: record.id });
        };
        let retiring = records.iter().find(|record| !record.is_current);
        if let (Some(retiring), Some(sealed)) = (retiring, &record.sealed_previous) {
            let bytes = unwrap(&current, &previous_key(record.id, retiring.id), sealed)
                .map_err(|_| KeyError::Damaged { id: retiring.id })?;
            ring.insert(Key::new(bytes));
        }
        Ok(ring)
    }
}

/// Returns all rows in `vault_keys`. A vault that has never been sealed has none.
pub(crate) async fn records(connection: &mut DbConnection) -> Result<Vec<KeyRecord>, StoreError> {
    let rows =
        sqlx::query("select id, state, check_value, sealed_previous from vault_keys order by state, id")
            .fetch_all(connection)
            .await?;
    let record = |row| {
        Ok(KeyRecord {
            id: parsed(row, "vault_keys", "id")?,
            is_current: row.try_get::<String, _>("state")? == "current",
            check_value: row.try_get("check_value")?,
            sealed_previous: row.try_get("sealed_previous")?,
        })
    };
    rows.iter().map(record).collect()
}

/// Returns the id of the key that is used for sealing.
pub(crate) async fn current(connection: &mut DbConnection) -> Result<KeyId, StoreError> {
    match by_state(connection, "current").await? {
        Some(id) => Ok(id),
        None => Err(StoreError::damaged("table vault_keys")),
    }
}

/// Returns the id of the key that is used for sealing, and prevents other transactions from replacing this key until
/// the transaction ends.
pub(crate) async fn hold_current(
    engine: &Engine,
    connection: &mut DbConnection,
) -> Result<KeyId, StoreError> {
    // If a rotation is just beginning, the first query waits and then finds no current key, because the row has
    // changed. The second query finds the new key.
    for _ in 0..2 {
        let row = sqlx::query(engine.hold_current_key()).fetch_optional(&mut *connection).await?;
        if let Some(row) = row {
            return parsed(&row, "vault_keys", "id");
        }
    }
    Err(StoreError::damaged("table vault_keys"))
}

/// Returns the id of the retiring key, or `None` if no rotation is running.
pub(crate) async fn retiring(connection: &mut DbConnection) -> Result<Option<KeyId>, StoreError> {
    by_state(connection, "retiring").await
}

/// Adds the key that replaces `previous`, and marks `previous` as retiring.
pub(crate) async fn record_next(
    connection: &mut DbConnection,
    key: &Key,
    previous: &Key,
) -> Result<(), StoreError> {
    let sealed = wrap(key, &previous_key(key.id(), previous.id()), previous.expose())
        .map_err(StoreError::seal("the retiring key"))?;
    sqlx::query("update vault_keys set state = 'retiring' where id = $1")
        .bind(previous.id().to_string())
        .execute(&mut *connection)
        .await?;
    insert(connection, key, Some(sealed)).await
}

/// Deletes a retiring key after everything has been rewrapped under its successor.
pub(crate) async fn delete_retiring(connection: &mut DbConnection, id: KeyId) -> Result<(), StoreError> {
    sqlx::query("update vault_keys set sealed_previous = null").execute(&mut *connection).await?;
    sqlx::query("delete from vault_keys where id = $1 and state = 'retiring'")
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Adds a key as the current key. `previous` is the retiring key, wrapped under the new key, or `None` if this is the
/// vault's first key.
pub(crate) async fn insert(
    connection: &mut DbConnection,
    key: &Key,
    previous: Option<Vec<u8>>,
) -> Result<(), StoreError> {
    let id = key.id().to_string();
    let check =
        wrap(key, &["waystone/check", &id], &CHECK).map_err(StoreError::seal("the key's check value"))?;
    sqlx::query(
        "insert into vault_keys (id, state, check_value, sealed_previous) values ($1, 'current', $2, $3)",
    )
    .bind(id)
    .bind(check)
    .bind(previous)
    .execute(connection)
    .await?;
    Ok(())
}

async fn by_state(connection: &mut DbConnection, state: &str) -> Result<Option<KeyId>, StoreError> {
    let row = sqlx::query("select id from vault_keys where state = $1")
        .bind(state)
        .fetch_optional(connection)
        .await?;
    row.map(|row| parsed(&row, "vault_keys", "id")).transpose()
}

/// Returns the associated data for a retiring key that is wrapped under its successor.
fn previous_key(current: KeyId, previous: KeyId) -> [String; 3] {
    ["waystone/previous-key".to_owned(), current.to_string(), previous.to_string()]
}
