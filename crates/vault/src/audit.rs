//! The audit trail: who changed or opened what, and when, and what was refused. Entries are about projects, accounts,
//! sessions, link attempts, API keys, connector profiles, rotations of the vault's key, and unknown keys and tokens.
//!
//! **Invariant:** an entry is added in the same transaction as the change that it describes. It is never changed, and is
//! deleted only when it is older than the retention period. Entries do not contain field values.

use std::fmt::Write as _;

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
    /// `account.unsealed`, `session.created`, `link_attempt.failed`, `api_key.revoked`, `api_key.refused`,
    /// `access.refused`, `connector_profile.updated` or `key.rotated`.
    pub action: String,
    /// The id of the account. `None` if the entry is about a project or the whole vault.
    pub account: Option<AccountId>,
    /// The account's version when the entry was added. `None` if the entry is not about an account.
    pub version: Option<i64>,
    /// A detail that depends on the action: the purpose of unsealing, the outcome of a check, the id of the changed
    /// item, the connector and owner of a link attempt, why an API key was refused, or the ids of the old and new keys in
    /// a rotation. `None` if the action has no detail.
    pub detail: Option<String>,
    /// How many equal uses of the account's credentials the entry stands for. 1 for every other entry.
    pub count: i64,
    /// The id of the link attempt. `None` if the entry is not about a link attempt.
    pub attempt: Option<String>,
    /// The outcome of a check or a link attempt, such as `wrong_secret`. `None` if the action has no outcome.
    pub outcome: Option<String>,
}

/// Selects entries in a project's audit trail.
#[derive(Clone, Debug, Default)]
pub struct AuditQuery {
    /// The id of the project.
    pub project: String,
    /// Only entries about the account with this id.
    pub account: Option<String>,
    /// Only entries by this actor.
    pub actor: Option<String>,
    /// Only entries with this action.
    pub action: Option<String>,
    /// Only entries with this outcome.
    pub outcome: Option<String>,
    /// Only entries added at or after this time.
    pub since: Option<Timestamp>,
    /// Only entries added before this time.
    pub until: Option<Timestamp>,
    /// The number of entries to skip.
    pub skip: i64,
    /// The maximum number of entries to return.
    pub limit: i64,
}

/// The actions about unknown keys and tokens. Such a key belongs to no project, so these entries are part of every
/// project's trail.
const SHARED: &str = "project_id is null and action in ('access.refused', 'access.limited')";

impl Vault {
    /// Returns an account's audit trail, oldest entry first. The audit trail remains available after the account is
    /// deleted.
    pub async fn audit(&self, id: &AccountId) -> Result<Vec<AuditRow>, StoreError> {
        let query = sqlx::query("select * from audit where account_id = $1 order by seq").bind(id.as_str());
        self.all(query, audit_row).await
    }

    /// Returns a page of a project's audit trail, newest entry first. It includes the entries about unknown keys and
    /// tokens.
    pub async fn audit_of_project(&self, query: &AuditQuery) -> Result<Vec<AuditRow>, StoreError> {
        // With an optional account, the statement would search the project's whole trail for one account.
        let mut own = String::from(if query.account.is_some() {
            "account_id = $2 and project_id = $1"
        } else {
            "project_id = $1"
        });
        let mut filters = String::new();
        let mut values = vec![query.project.clone()];
        values.extend(query.account.clone());
        let mut filter = |condition: &str, value: Option<String>| {
            if let Some(value) = value {
                values.push(value);
                let _ = write!(filters, " and {condition} ${}", values.len());
            }
        };
        filter("actor =", query.actor.clone());
        filter("action =", query.action.clone());
        filter("outcome =", query.outcome.clone());
        filter("at >=", query.since.map(stamp));
        filter("at <", query.until.map(stamp));
        own.push_str(&filters);
        let (limit, skip, last) = (values.len() + 1, values.len() + 2, values.len() + 3);
        // Each part reads its newest entries from an index. A condition with `or` would sort the whole trail.
        let newest = |condition: &str| {
            format!(
                "select * from (select * from audit where {condition} order by seq desc limit ${last}) as newest"
            )
        };
        let mut sql = newest(&own);
        if query.account.is_none() {
            sql = format!("{sql} union all {}", newest(&format!("{SHARED}{filters}")));
        }
        let sql = format!("select * from ({sql}) as trail order by seq desc limit ${limit} offset ${skip}");
        let mut statement = sqlx::query(sqlx::AssertSqlSafe(sql));
        for value in values {
            statement = statement.bind(value);
        }
        let statement =
            statement.bind(query.limit).bind(query.skip).bind(query.limit.saturating_add(query.skip));
        self.all(statement, audit_row).await
    }
}

/// An entry's subject.
#[derive(Clone, Copy)]
pub(crate) enum Subject<'a> {
    Account(&'a Account),
    /// A check of an account, with its outcome.
    Check(&'a Account, &'a str),
    /// A link attempt, with the account that it edits and the outcome of its checks.
    Attempt {
        id: &'a str,
        project: &'a str,
        account: Option<&'a str>,
        outcome: &'a str,
    },
    Project(&'a str),
    /// The whole vault.
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
    let project_of = |account: &Account| account.home.as_ref().map(|home| home.project.clone());
    let (account, version, project) = match subject {
        Subject::Account(account) | Subject::Check(account, _) => {
            (Some(account.id.to_string()), Some(account.version), project_of(account))
        }
        Subject::Attempt { project, account, .. } => {
            (account.map(str::to_owned), None, Some(project.to_owned()))
        }
        Subject::Project(project) => (None, None, Some(project.to_owned())),
        Subject::Vault => (None, None, None),
    };
    let (attempt, outcome) = match subject {
        Subject::Attempt { id, outcome, .. } => (Some(id), Some(outcome)),
        Subject::Check(_, outcome) => (None, Some(outcome)),
        _ => (None, None),
    };
    sqlx::query(
        "insert into audit (at, actor, action, account_id, version, detail, project_id, attempt_id, outcome) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(stamp(by.at))
    .bind(by.actor)
    .bind(action)
    .bind(account)
    .bind(version)
    .bind(detail)
    .bind(project)
    .bind(attempt)
    .bind(outcome)
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
        count: row.try_get("count")?,
        attempt: row.try_get("attempt_id")?,
        outcome: row.try_get("outcome")?,
    })
}
