//! Events that are waiting to be delivered.
//!
//! **Invariant:** an event is written in the same transaction as the change that it describes, so no event is lost and
//! no event describes a change that was not made. An event's payload describes the account but contains no field
//! values.

use jiff::Timestamp;
use serde_json::json;
use sqlx::Row as _;

use crate::account::{Account, Hold};
use crate::database::{DbConnection, DbRow};
use crate::error::StoreError;
use crate::id;
use crate::open::Vault;
use crate::row::{from_json, stamp};

/// An event that is waiting to be delivered.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The event's number. Later events have higher numbers.
    pub seq: i64,
    /// The event's id: `evt_` followed by 26 characters.
    pub id: String,
    /// The event's name: `account.created`, `account.updated` or `account.deleted`.
    pub event: String,
    /// The id of the account's project. `None` for an account that was linked in the terminal.
    pub project: Option<String>,
    /// The JSON to deliver: the event's id, name and time, and the account as it was at that time.
    pub payload: serde_json::Value,
}

impl Vault {
    /// Returns up to `limit` events with numbers greater than `seq`, in order.
    pub async fn events_after(&self, seq: i64, limit: i64) -> Result<Vec<Event>, StoreError> {
        let query = sqlx::query("select * from outbox where $1 < seq order by seq limit $2");
        self.all(query.bind(seq).bind(limit), event).await
    }
}

fn event(row: &DbRow) -> Result<Event, StoreError> {
    Ok(Event {
        seq: row.try_get("seq")?,
        id: row.try_get("id")?,
        event: row.try_get("event")?,
        project: row.try_get("project_id")?,
        payload: from_json(row, "outbox", "payload_json")?,
    })
}

/// Adds an event about an account.
pub(crate) async fn write(
    connection: &mut DbConnection,
    event: &str,
    account: &Account,
    at: Timestamp,
) -> Result<(), StoreError> {
    let event_id = id::random("evt_")?;
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
            "hold": account.hold.map(Hold::as_str),
        },
    });
    sqlx::query(
        "insert into outbox (id, event, account_id, payload_json, created_at, project_id) \
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(event_id)
    .bind(event)
    .bind(account.id.as_str())
    .bind(payload.to_string())
    .bind(stamp(at))
    .bind(home.map(|home| home.project.as_str()))
    .execute(connection)
    .await?;
    Ok(())
}
