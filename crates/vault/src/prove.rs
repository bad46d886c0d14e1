//! Proving a vault: that everything in it opens with the key at hand.
//!
//! **Invariant:** what is opened is discarded at once. Nothing is returned, so there is no audit entry.

use sqlx::Row as _;

use crate::database::{DbConnection, Engine};
use crate::envelope;
use crate::error::StoreError;
use crate::key::{KeyError, KeyId};
use crate::keys::{self, Ring};
use crate::open::Vault;
use crate::row::{account, account_columns, parsed};
use crate::sealed::{self, sealed_columns};

/// The number of rows that are read at once.
const BATCH: i64 = 200;

/// The result of opening everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The key that seals.
    pub key: KeyId,
    /// The number of accounts.
    pub accounts: u64,
    /// The number of other sealed items: drafts, secrets of connector profiles, answers, snapshots and transcripts.
    pub sealed: u64,
}

impl Vault {
    /// Opens everything with the key that its source has now.
    pub async fn prove(&self) -> Result<Proof, StoreError> {
        let mut connection = self.readers.acquire().await?;
        let ring = self.keys.reload(&mut connection).await?;
        prove(&self.engine, &mut connection, &ring).await
    }
}

/// Opens everything in a database.
pub(crate) async fn prove(
    engine: &Engine,
    connection: &mut DbConnection,
    ring: &Ring,
) -> Result<Proof, StoreError> {
    if !engine.is_intact(connection).await? {
        return Err(StoreError::damaged("the database file"));
    }
    let key = keys::current(&mut *connection).await?;
    let accounts = accounts(connection, ring).await?;
    let sealed = sealed(connection, ring).await?;
    Ok(Proof { key, accounts, sealed })
}

async fn accounts(connection: &mut DbConnection, ring: &Ring) -> Result<u64, StoreError> {
    let (mut proved, mut last) = (0, String::new());
    loop {
        let rows = sqlx::query(concat!(
            "select ",
            account_columns!(),
            " from accounts where $1 < id order by id limit $2"
        ))
        .bind(last.clone())
        .bind(BATCH)
        .fetch_all(&mut *connection)
        .await?;
        let Some(end) = rows.last() else { return Ok(proved) };
        last = end.try_get("id")?;
        for row in &rows {
            let account = account(row)?;
            let fields =
                sqlx::query("select field, sealed from credentials where account_id = $1 order by field")
                    .bind(account.id.to_string())
                    .fetch_all(&mut *connection)
                    .await?
                    .iter()
                    .map(|row| Ok((row.try_get("field")?, row.try_get("sealed")?)))
                    .collect::<Result<Vec<(String, Vec<u8>)>, sqlx::Error>>()?;
            let id = parsed(row, "accounts", "kek_id")?;
            let key = ring.get(id).ok_or(KeyError::Damaged { id })?;
            envelope::open(&key, &account, &row.try_get::<Vec<u8>, _>("wrapped_key")?, fields)?;
            proved += 1;
        }
    }
}

async fn sealed(connection: &mut DbConnection, ring: &Ring) -> Result<u64, StoreError> {
    let (mut proved, mut last) = (0, (String::new(), String::new()));
    loop {
        let rows = sqlx::query(concat!(
            "select ",
            sealed_columns!(),
            " from sealed where ($1, $2) < (kind, key) order by kind, key limit $3"
        ))
        .bind(last.0.clone())
        .bind(last.1.clone())
        .bind(BATCH)
        .fetch_all(&mut *connection)
        .await?;
        let Some(end) = rows.last() else { return Ok(proved) };
        last = (end.try_get("kind")?, end.try_get("key")?);
        for row in &rows {
            let id = sealed::kek(row)?;
            let key = ring.get(id).ok_or(KeyError::Damaged { id })?;
            sealed::open(row, &key)?;
            proved += 1;
        }
    }
}
