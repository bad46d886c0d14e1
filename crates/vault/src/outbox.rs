//! Events to be delivered.
//!
//! **Invariant:** an event is written in the transaction that makes it true, so that none is lost and none is
//! untrue; its payload names the account and holds neither secrets nor what was typed.

use jiff::Timestamp;
use serde_json::json;
use sqlx::Row as _;

use crate::account::Account;
use crate::database::{DbConnection, DbRow, Statement};
use crate::error::StoreError;
use crate::id;
use crate::open::Vault;
use crate::row::{from_json, places, stamp};
use crate::seal::SealError;

/// An event that waits for delivery.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its number: events are numbered in the order in which they were written.
    pub seq: i64,
    /// Its id: `evt_` and 26 characters.
    pub id: String,
    /// What happened: `account.created`, `account.updated` or `account.deleted`.
    pub event: String,
    /// The project, if the account has one.
    pub project: Option<String>,
    /// What there is to tell.
    pub payload: serde_json::Value,
}

impl Vault {
    /// The events after a number, in order.
    pub async fn events_after(&self, seq: i64, limit: i64) -> Result<Vec<Event>, StoreError> {
        let rows = sqlx::query(
            "select seq, id, event, project_id, payload_json from outbox where $1 < seq order by seq limit $2",
        )
        .bind(seq)
        .bind(limit)
        .fetch_all(&self.readers)
        .await?;
        let event = |row: &DbRow| {
            Ok(Event {
                seq: row.try_get("seq")?,
                id: row.try_get("id")?,
                event: row.try_get("event")?,
                project: row.try_get("project_id")?,
                payload: from_json(row, "outbox", "payload_json")?,
            })
        };
        rows.iter().map(event).collect()
    }
}

/// The columns that [`bind`] gives values.
macro_rules! outbox_columns {
    () => {
        "id, event, account_id, payload_json, created_at, project_id"
    };
}

/// How many these are.
const COLUMNS: usize = 6;

/// Puts an event about an account into the outbox.
pub(crate) async fn write(
    connection: &mut DbConnection,
    event: &str,
    account: &Account,
    at: Timestamp,
) -> Result<(), StoreError> {
    let statement =
        sqlx::query(concat!("insert into outbox (", outbox_columns!(), ") values ($1, $2, $3, $4, $5, $6)"));
    bind(statement, event, account, at)?.execute(connection).await?;
    Ok(())
}

/// Puts an event about each of many accounts into the outbox.
pub(crate) async fn write_all<'a>(
    connection: &mut DbConnection,
    event: &str,
    accounts: impl Iterator<Item = &'a Account>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let accounts: Vec<&Account> = accounts.collect();
    let text = concat!("insert into outbox (", outbox_columns!(), ") values ");
    let mut statement =
        sqlx::query(sqlx::AssertSqlSafe(format!("{text}{}", places(accounts.len(), COLUMNS))));
    for account in accounts {
        statement = bind(statement, event, account, at)?;
    }
    statement.execute(connection).await?;
    Ok(())
}

fn bind<'a>(
    statement: Statement<'a>,
    event: &str,
    account: &Account,
    at: Timestamp,
) -> Result<Statement<'a>, StoreError> {
    let event_id = id::random("evt_").map_err(SealError::Random).map_err(StoreError::seal("the event"))?;
    let home = account.home.as_ref();
    let payload = json!({
        "id": event_id,
        "event": event,
        "at": stamp(at),
        "account": {
            "id": account.id.as_str(),
            "provider": account.provider,
            "method": account.method,
            "environment": account.environment,
            "external_id": account.external_id,
            "name": account.name,
            "label": account.label,
            "outcome": account.outcome,
            "state": account.state.as_str(),
            "state_reason": account.state.reason(),
            "version": account.version,
            "created_at": stamp(account.created_at),
            "updated_at": stamp(account.updated_at),
            "project_id": home.map(|home| &home.project),
            "connector_profile_id": home.map(|home| &home.connector_profile),
            "owner_id": home.map(|home| &home.owner.id),
            "owner_name": home.map(|home| &home.owner.name),
            "username": home.and_then(|home| home.owner.username.as_ref()),
            "kind": home.map(|home| home.kind.as_str()),
            "hold": account.hold.map(crate::account::Hold::as_str),
        },
    });
    Ok(statement
        .bind(event_id)
        .bind(event.to_owned())
        .bind(account.id.to_string())
        .bind(payload.to_string())
        .bind(stamp(at))
        .bind(home.map(|home| home.project.clone())))
}
