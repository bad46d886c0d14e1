//! Events to be delivered.
//!
//! **Invariant:** an event is written in the transaction that makes it true, so that none is lost and none is
//! untrue; its payload names the account and holds neither secrets nor what was typed.

use jiff::Timestamp;
use serde_json::json;

use crate::account::Account;
use crate::database::DbConnection;
use crate::error::StoreError;
use crate::id;
use crate::row::stamp;
use crate::seal::SealError;

/// Puts an event about an account into the outbox.
pub(crate) async fn write(
    connection: &mut DbConnection,
    event: &str,
    account: &Account,
    at: Timestamp,
) -> Result<(), StoreError> {
    let event_id = id::random("evt_").map_err(SealError::Random).map_err(StoreError::seal("the event"))?;
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
        },
    });
    sqlx::query(
        "insert into outbox (id, event, account_id, payload_json, created_at) values ($1, $2, $3, $4, $5)",
    )
    .bind(event_id)
    .bind(event)
    .bind(account.id.as_str())
    .bind(payload.to_string())
    .bind(stamp(at))
    .execute(connection)
    .await?;
    Ok(())
}
