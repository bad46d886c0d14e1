//! The audit trail: who did what to which account.
//!
//! **Invariant:** a row is added in the transaction that does what the row says, and is never changed or deleted. Rows
//! contain no values.

use jiff::Timestamp;
use sqlx::Row as _;

use crate::account::Account;
use crate::by::By;
use crate::database::{DbConnection, DbRow};
use crate::error::StoreError;
use crate::id::AccountId;
use crate::open::Vault;
use crate::row::{parsed, stamp, time};

/// The columns that [`audit_row`] reads.
macro_rules! audit_columns {
    () => {
        "at, actor, action, account_id, version, detail"
    };
}

/// An entry of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// When it happened.
    pub at: Timestamp,
    /// Who did it, such as `key:key_…`, `session:17` or `cli`.
    pub actor: String,
    /// What was done: `account.created`, `account.updated`, `account.checked`, `account.deleted`, `account.unsealed`,
    /// `session.created`, `api_key.revoked`, `connector_profile.updated`, `key.rotated` and the like.
    pub action: String,
    /// The account. `None` if the entry concerns a project or the vault as a whole.
    pub account: Option<AccountId>,
    /// The account's version at that time.
    pub version: Option<i64>,
    /// The purpose of unsealing, the outcome of a check, the id of what was changed, or the key ids of a rotation.
    pub detail: Option<String>,
}

impl Vault {
    /// The trail of an account, oldest first. It outlives the account.
    pub async fn audit(&self, id: &AccountId) -> Result<Vec<AuditRow>, StoreError> {
        let rows = sqlx::query(concat!(
            "select ",
            audit_columns!(),
            " from audit where account_id = $1 order by seq"
        ))
        .bind(id.as_str())
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(audit_row).collect()
    }

    /// A page of a project's trail, newest first. `account` restricts it to one account.
    pub async fn audit_of_project(
        &self,
        project: &str,
        account: Option<&str>,
        skip: i64,
        limit: i64,
    ) -> Result<Vec<AuditRow>, StoreError> {
        // Two statements, because one with an optional account would search the project's whole trail.
        let statement = match account {
            None => sqlx::query(concat!(
                "select ",
                audit_columns!(),
                " from audit where project_id = $1 order by seq desc limit $2 offset $3"
            ))
            .bind(project),
            Some(account) => sqlx::query(concat!(
                "select ",
                audit_columns!(),
                " from audit where account_id = $1 and project_id = $2 order by seq desc limit $3 offset $4"
            ))
            .bind(account.to_owned())
            .bind(project),
        };
        let rows = statement.bind(limit).bind(skip).fetch_all(&self.readers).await?;
        rows.iter().map(audit_row).collect()
    }
}

/// The subject of an entry to add.
#[derive(Clone, Copy)]
pub(crate) enum Subject<'a> {
    Account(&'a Account),
    Project(&'a str),
    Vault,
}

/// Adds an entry.
pub(crate) async fn write(
    connection: &mut DbConnection,
    action: &str,
    subject: Subject<'_>,
    detail: Option<&str>,
    by: By<'_>,
) -> Result<(), StoreError> {
    let (account, project) = match subject {
        Subject::Account(account) => (Some(account), account.home.as_ref().map(|home| home.project.as_str())),
        Subject::Project(project) => (None, Some(project)),
        Subject::Vault => (None, None),
    };
    sqlx::query(
        "insert into audit (at, actor, action, account_id, version, detail, project_id) \
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(stamp(by.at))
    .bind(by.actor)
    .bind(action)
    .bind(account.map(|account| account.id.to_string()))
    .bind(account.map(|account| account.version))
    .bind(detail)
    .bind(project)
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
