//! The audit trail: who changed or opened what, and when. Entries are about projects, accounts, sessions, API keys,
//! connector profiles and rotations of the vault's key.
//!
//! **Invariant:** an entry is added in the same transaction as the change that it describes, and is never changed or
//! deleted. Entries do not contain field values.

use jiff::Timestamp;
use sqlx::Row as _;

use crate::account::Account;
use crate::by::By;
use crate::database::{DbConnection, DbRow};
use crate::error::StoreError;
use crate::id::AccountId;
use crate::open::Vault;
use crate::row::{optional, parsed, stamp};

/// An entry in the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// When the change was made.
    pub at: Timestamp,
    /// Who made the change, such as `key:key_…`, `session:17` or `cli`.
    pub actor: String,
    /// The kind of change, such as `account.created`, `account.updated`, `account.checked`, `account.deleted`,
    /// `account.unsealed`, `session.created`, `api_key.revoked`, `api_key.refused`, `connector_profile.updated` or
    /// `key.rotated`.
    pub action: String,
    /// The id of the account. `None` if the entry is about a project or the whole vault.
    pub account: Option<AccountId>,
    /// The account's version when the entry was added. `None` if the entry is not about an account.
    pub version: Option<i64>,
    /// A detail that depends on the action: the purpose of unsealing, the outcome of a check, the id of the changed
    /// item, why an API key was refused, or the ids of the old and new keys in a rotation. `None` if the action has no
    /// detail.
    pub detail: Option<String>,
}

impl Vault {
    /// Returns an account's audit trail, oldest entry first. The audit trail remains available after the account is
    /// deleted.
    pub async fn audit(&self, id: &AccountId) -> Result<Vec<AuditRow>, StoreError> {
        let query = sqlx::query("select * from audit where account_id = $1 order by seq").bind(id.as_str());
        self.all(query, audit_row).await
    }

    /// Returns a page of a project's audit trail, newest entry first. `account` restricts the page to one account.
    pub async fn audit_of_project(
        &self,
        project: &str,
        account: Option<&str>,
        skip: i64,
        limit: i64,
    ) -> Result<Vec<AuditRow>, StoreError> {
        // Uses two statements, because a single statement with an optional account would search the project's whole
        // audit trail.
        let query = match account {
            None => {
                sqlx::query("select * from audit where project_id = $1 order by seq desc limit $2 offset $3")
            }
            Some(account) => sqlx::query(
                "select * from audit where account_id = $1 and project_id = $2 order by seq desc limit $3 offset $4",
            )
            .bind(account),
        };
        self.all(query.bind(project).bind(limit).bind(skip), audit_row).await
    }
}

/// An entry's subject: an account, a project or the whole vault.
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
    Ok(AuditRow {
        at: parsed(row, "audit", "at")?,
        actor: row.try_get("actor")?,
        action: row.try_get("action")?,
        account: optional(row, "audit", "account_id")?,
        version: row.try_get("version")?,
        detail: row.try_get("detail")?,
    })
}
