//! Verifies that all of a vault's sealed data opens with the vault's key.
//!
//! **Invariant:** the opened data is discarded immediately and never returned, so no audit entry is written.

use sqlx::Row as _;

use crate::database::{DbConnection, Engine};
use crate::error::StoreError;
use crate::key::{KeyError, KeyId};
use crate::keys::{self, Ring};
use crate::open::Vault;
use crate::row::{account, parsed};
use crate::sealed;
use crate::store;

/// The number of rows in a batch.
const BATCH: i64 = 200;

/// The result of opening all sealed data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The id of the key that new data is sealed under.
    pub key: KeyId,
    /// The number of accounts whose credentials were opened.
    pub accounts: u64,
    /// The number of other sealed items that were opened: drafts, connector profile secrets, answers, snapshots and
    /// transcripts.
    pub sealed: u64,
}

impl Vault {
    /// Opens all sealed data with the key that the source currently provides.
    pub async fn prove(&self) -> Result<Proof, StoreError> {
        let mut connection = self.readers.acquire().await?;
        let ring = self.keys.reload(&mut connection).await?;
        prove(&self.engine, &mut connection, &ring).await
    }
}

/// Opens all sealed data in a database.
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
        let rows = sqlx::query("select * from accounts where $1 < id order by id limit $2")
            .bind(last)
            .bind(BATCH)
            .fetch_all(&mut *connection)
            .await?;
        let Some(end) = rows.last() else { return Ok(proved) };
        last = end.try_get("id")?;
        for row in &rows {
            let account = account(row)?;
            let id = parsed(row, "accounts", "kek_id")?;
            let key = ring.get(id).ok_or(KeyError::Damaged { id })?;
            store::open(connection, row, &account, &key).await?;
            proved += 1;
        }
    }
}

async fn sealed(connection: &mut DbConnection, ring: &Ring) -> Result<u64, StoreError> {
    let (mut proved, mut last) = (0, (String::new(), String::new()));
    loop {
        let rows =
            sqlx::query("select * from sealed where ($1, $2) < (kind, key) order by kind, key limit $3")
                .bind(last.0)
                .bind(last.1)
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
