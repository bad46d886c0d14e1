//! The trail: who did what to which account.
//!
//! **Invariant:** rows are added in the transaction that does what they tell, and never changed or removed; they
//! hold no values.

use jiff::Timestamp;
use sqlx::Row as _;

use crate::account::Account;
use crate::database::{DbConnection, DbRow, Statement};
use crate::error::StoreError;
use crate::id::AccountId;
use crate::open::Vault;
use crate::row::{parsed, places, stamp, time};

/// The columns that [`bind`] gives values.
macro_rules! audit_columns {
    () => {
        "at, actor, action, account_id, version, detail, project_id"
    };
}

/// How many these are.
const COLUMNS: usize = 7;

/// One line of the trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// What: `account.created`, `account.updated`, `account.checked`, `account.deleted`, `account.unsealed`,
    /// `session.created`, `api_key.revoked`, `connector_profile.updated`, `key.rotated` and the like.
    pub action: String,
    /// To which account; none for what concerns the vault as a whole.
    pub account: Option<AccountId>,
    /// The version of the account.
    pub version: Option<i64>,
    /// The purpose of unsealing; the outcome of a check; the keys of a rotation, by id.
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
            "select at, actor, action, account_id, version, detail from audit \
             where account_id is null and project_id is null order by seq",
        )
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(audit_row).collect()
    }

    /// The trail of a project, newest first, a page at a time; of one account, if one is named.
    pub async fn audit_of_project(
        &self,
        project: &str,
        account: Option<&str>,
        skip: i64,
        limit: i64,
    ) -> Result<Vec<AuditRow>, StoreError> {
        // Two statements, as one that says "this account, or any" goes through the whole trail of the project.
        let statement = match account {
            None => sqlx::query(
                "select at, actor, action, account_id, version, detail from audit where project_id = $1 \
                 order by seq desc limit $2 offset $3",
            )
            .bind(project),
            Some(account) => sqlx::query(
                "select at, actor, action, account_id, version, detail from audit \
                 where account_id = $1 and project_id = $2 order by seq desc limit $3 offset $4",
            )
            .bind(account.to_owned())
            .bind(project),
        };
        let rows = statement.bind(limit).bind(skip).fetch_all(&self.readers).await?;
        rows.iter().map(audit_row).collect()
    }
}

/// A line to be added.
struct Line<'a> {
    action: &'a str,
    project: Option<&'a str>,
    account: Option<&'a Account>,
    actor: &'a str,
    detail: Option<&'a str>,
    at: Timestamp,
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
    let project = account.home.as_ref().map(|home| home.project.as_str());
    insert(connection, &Line { action, project, account: Some(account), actor, detail, at }).await
}

/// Adds a line about a project.
pub(crate) async fn write_of_project(
    connection: &mut DbConnection,
    action: &str,
    project: &str,
    actor: &str,
    detail: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let (project, detail) = (Some(project), Some(detail));
    insert(connection, &Line { action, project, account: None, actor, detail, at }).await
}

/// Adds a line about the vault as a whole.
pub(crate) async fn write_of_vault(
    connection: &mut DbConnection,
    action: &str,
    actor: &str,
    detail: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let detail = Some(detail);
    insert(connection, &Line { action, project: None, account: None, actor, detail, at }).await
}

/// Adds a line about each of many accounts.
pub(crate) async fn write_all<'a>(
    connection: &mut DbConnection,
    action: &str,
    accounts: impl Iterator<Item = &'a Account>,
    actor: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let line = |account: &'a Account| {
        let project = account.home.as_ref().map(|home| home.project.as_str());
        Line { action, project, account: Some(account), actor, detail: None, at }
    };
    let lines: Vec<Line<'_>> = accounts.map(line).collect();
    let text = concat!("insert into audit (", audit_columns!(), ") values ");
    let statement = sqlx::query(sqlx::AssertSqlSafe(format!("{text}{}", places(lines.len(), COLUMNS))));
    lines.iter().fold(statement, bind).execute(connection).await?;
    Ok(())
}

async fn insert(connection: &mut DbConnection, line: &Line<'_>) -> Result<(), StoreError> {
    let statement = sqlx::query(concat!(
        "insert into audit (",
        audit_columns!(),
        ") values ($1, $2, $3, $4, $5, $6, $7)"
    ));
    bind(statement, line).execute(connection).await?;
    Ok(())
}

fn bind<'a>(statement: Statement<'a>, line: &Line<'_>) -> Statement<'a> {
    statement
        .bind(stamp(line.at))
        .bind(line.actor.to_owned())
        .bind(line.action.to_owned())
        .bind(line.account.map(|account| account.id.to_string()))
        .bind(line.account.map(|account| account.version))
        .bind(line.detail.map(str::to_owned))
        .bind(line.project.map(str::to_owned))
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
