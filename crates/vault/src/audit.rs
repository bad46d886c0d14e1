//! The trail: who did what to which account.
//!
//! **Invariant:** rows are added in the transaction that does what they tell, and never changed or removed; they
//! hold no values.

use jiff::Timestamp;
use sqlx::Row as _;

use crate::account::Account;
use crate::database::{DbConnection, DbRow};
use crate::error::StoreError;
use crate::id::AccountId;
use crate::open::Vault;
use crate::row::{parsed, stamp, time};

/// One line of the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// What: `account.created`, `account.updated`, `account.deleted`, `account.unsealed`, `key.rotation_begun`
    /// or `key.rotated`.
    pub action: String,
    /// To which account; none for what concerns the vault as a whole.
    pub account: Option<AccountId>,
    /// The version of the account.
    pub version: Option<i64>,
    /// The purpose of unsealing; the keys of a rotation, by id.
    pub detail: Option<String>,
}

impl Vault {
    /// The trail of an account, oldest first. It outlives the account.
    pub async fn audit(&self, id: &AccountId) -> Result<Vec<AuditRow>, StoreError> {
        let rows = sqlx::query(
            "select at, actor, action, account_id, version, detail from audit where account_id = $1 order by seq",
        )
        .bind(id.as_str())
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(audit_row).collect()
    }

    /// The trail of what concerns the vault as a whole, oldest first.
    pub async fn audit_of_vault(&self) -> Result<Vec<AuditRow>, StoreError> {
        let rows = sqlx::query(
            "select at, actor, action, account_id, version, detail from audit where account_id is null order by seq",
        )
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(audit_row).collect()
    }
}

/// Adds a line about an account.
pub(crate) async fn write(
    connection: &mut DbConnection,
    action: &str,
    account: &Account,
    actor: &str,
    detail: Option<&str>,
    at: Timestamp,
) -> Result<(), StoreError> {
    insert(connection, action, Some(account), actor, detail, at).await
}

/// Adds a line about the vault as a whole.
pub(crate) async fn write_of_vault(
    connection: &mut DbConnection,
    action: &str,
    actor: &str,
    detail: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    insert(connection, action, None, actor, Some(detail), at).await
}

async fn insert(
    connection: &mut DbConnection,
    action: &str,
    account: Option<&Account>,
    actor: &str,
    detail: Option<&str>,
    at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into audit (at, actor, action, account_id, version, detail) values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(stamp(at))
    .bind(actor)
    .bind(action)
    .bind(account.map(|account| account.id.as_str()))
    .bind(account.map(|account| account.version))
    .bind(detail)
    .execute(connection)
    .await?;
    Ok(())
}

fn audit_row(row: &DbRow) -> Result<AuditRow, StoreError> {
    let account = match row.try_get::<Option<String>, _>("account_id")? {
        Some(_) => Some(parsed(row, "audit", "account_id")?),
        None => None,
    };
    Ok(AuditRow {
        at: time(row, "audit", "at")?,
        actor: row.try_get("actor")?,
        action: row.try_get("action")?,
        account,
        version: row.try_get("version")?,
        detail: row.try_get("detail")?,
    })
}
