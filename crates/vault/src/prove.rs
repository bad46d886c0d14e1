//! Proving a vault: that everything in it opens with the key that is at hand.
//!
//! **Invariant:** what is opened is let go of at once: nothing of it is given out, and so nothing is written down.

use sqlx::Row as _;

use crate::database::{DbConnection, Engine};
use crate::draft;
use crate::envelope;
use crate::error::StoreError;
use crate::key::{KeyError, KeyId};
use crate::keys::{self, Ring};
use crate::open::Vault;
use crate::row::{account, account_columns, parsed};

/// How many accounts or drafts are looked at in one go.
const BATCH: i64 = 200;

/// What was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The key that seals.
    pub key: KeyId,
    /// Accounts.
    pub accounts: u64,
    /// Drafts and whatever else is under seal.
    pub drafts: u64,
}

impl Vault {
    /// Opens everything with the key that the source holds at this moment.
    pub async fn prove(&self) -> Result<Proof, StoreError> {
        let ring = self.reload_keys().await?;
        let mut connection = self.readers.acquire().await?;
        prove(&self.engine, &mut connection, &ring).await
    }
}

/// Opens everything in a database.
pub(crate) async fn prove(
    engine: &Engine,
    connection: &mut DbConnection,
    ring: &Ring,
) -> Result<Proof, StoreError> {
    if let Engine::Sqlite(_) = engine {
        let said: String =
            sqlx::query_scalar("pragma integrity_check(1)").fetch_one(&mut *connection).await?;
        let loose: i64 = sqlx::query_scalar("select count(*) from pragma_foreign_key_check")
            .fetch_one(&mut *connection)
            .await?;
        if said != "ok" || loose != 0 {
            return Err(StoreError::damaged("the file of the database"));
        }
    }
    let key = keys::current(&mut *connection).await?;
    let accounts = accounts(connection, ring).await?;
    let drafts = drafts(connection, ring).await?;
    Ok(Proof { key, accounts, drafts })
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

async fn drafts(connection: &mut DbConnection, ring: &Ring) -> Result<u64, StoreError> {
    let (mut proved, mut last) = (0, String::new());
    loop {
        let rows = sqlx::query(
            "select draft_key, guide_digest, kek_id, wrapped_key, sealed, saved_at, expires_at from drafts \
             where $1 < draft_key order by draft_key limit $2",
        )
        .bind(last.clone())
        .bind(BATCH)
        .fetch_all(&mut *connection)
        .await?;
        let Some(end) = rows.last() else { return Ok(proved) };
        last = end.try_get("draft_key")?;
        for row in &rows {
            let id = parsed(row, "drafts", "kek_id")?;
            let key = ring.get(id).ok_or(KeyError::Damaged { id })?;
            draft::open(row, &row.try_get::<String, _>("draft_key")?, &key)?;
            proved += 1;
        }
    }
}
