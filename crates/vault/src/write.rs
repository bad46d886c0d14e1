//! Writes and deletes account rows and their credentials.

use std::collections::BTreeMap;

use secret::Secret;

use crate::account::{Account, Hold};
use crate::crash::crash_point;
use crate::envelope;
use crate::error::StoreError;
use crate::id::AccountId;
use crate::row::{json, stamp};
use crate::writer::Work;

/// Stores an account with its secrets in place of the account with the same id.
pub(crate) async fn replace(
    work: &mut Work,
    account: &Account,
    secrets: &BTreeMap<String, Secret>,
) -> Result<(), StoreError> {
    delete(work, &account.id).await?;
    insert(work, account, secrets).await
}

/// Stores a new account with its secrets.
pub(crate) async fn insert(
    work: &mut Work,
    account: &Account,
    secrets: &BTreeMap<String, Secret>,
) -> Result<(), StoreError> {
    let envelope = envelope::seal(work.key(), account, secrets)?;
    let home = account.home.as_ref();
    let owner = home.map(|home| &home.owner);
    sqlx::query(
        "insert into accounts (id, provider, method, environment, external_id, name, label, values_json, \
         secret_fields_json, guide_digest, proved_json, outcome, identity_json, state, state_reason, version, kek_id, \
         wrapped_key, created_at, updated_at, checked_at, project_id, connector_profile_id, owner_id, owner_name, \
         username, kind, metadata_json, hold, state_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, \
         $22, $23, $24, $25, $26, $27, $28, $29, $30)",
    )
    .bind(account.id.as_str())
    .bind(&account.provider)
    .bind(&account.method)
    .bind(&account.environment)
    .bind(&account.external_id)
    .bind(&account.name)
    .bind(&account.label)
    .bind(json(&account.values))
    .bind(json(&account.secret_fields))
    .bind(&account.guide_digest)
    .bind(json(&account.proved))
    .bind(&account.outcome)
    .bind(json(&account.identity))
    .bind(account.state.as_str())
    .bind(account.state.reason())
    .bind(account.version)
    .bind(envelope.kek.to_string())
    .bind(&envelope.wrapped_key)
    .bind(stamp(account.created_at))
    .bind(stamp(account.updated_at))
    .bind(account.checked_at.map(stamp))
    .bind(home.map(|home| &home.project))
    .bind(home.map(|home| &home.connector_profile))
    .bind(owner.map(|owner| &owner.id))
    .bind(owner.map(|owner| &owner.name))
    .bind(owner.and_then(|owner| owner.username.as_ref()))
    .bind(home.map(|home| home.kind).unwrap_or_default().as_str())
    .bind(json(home.map(|home| home.metadata.clone()).unwrap_or_default()))
    .bind(account.hold.map(Hold::as_str))
    .bind(account.state_at.map(stamp))
    .execute(work.tx())
    .await?;
    crash_point("vault.account-inserted");
    insert_credentials(work, &account.id, &envelope.fields).await?;
    crash_point("vault.credentials-inserted");
    Ok(())
}

/// Stores an account's sealed fields with one statement.
async fn insert_credentials(
    work: &mut Work,
    account: &AccountId,
    fields: &[(String, Vec<u8>)],
) -> Result<(), StoreError> {
    if fields.is_empty() {
        return Ok(());
    }
    let row = |index: usize| format!("($1, ${}, ${})", 2 * index + 2, 2 * index + 3);
    let rows: Vec<String> = (0..fields.len()).map(row).collect();
    let sql = format!("insert into credentials (account_id, field, sealed) values {}", rows.join(", "));
    let mut statement = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(account.as_str());
    for (field, sealed) in fields {
        statement = statement.bind(field).bind(sealed);
    }
    statement.execute(work.tx()).await?;
    Ok(())
}

/// Deletes an account. A foreign key with `on delete cascade` deletes the account's credentials.
pub(crate) async fn delete(work: &mut Work, id: &AccountId) -> Result<(), StoreError> {
    sqlx::query("delete from accounts where id = $1").bind(id.as_str()).execute(work.tx()).await?;
    Ok(())
}
