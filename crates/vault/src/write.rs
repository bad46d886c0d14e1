//! Writing the row of an account.
//!
//! **Invariant:** values are bound in the order of `account_columns`.

use crate::account::Account;
use crate::database::{DbConnection, Statement};
use crate::envelope::Envelope;
use crate::error::StoreError;
use crate::row::{account_columns, json, object, stamp};

/// Inserts an account.
pub(crate) async fn insert(
    connection: &mut DbConnection,
    account: &Account,
    envelope: &Envelope,
) -> Result<(), StoreError> {
    let statement = sqlx::query(concat!(
        "insert into accounts (",
        account_columns!(),
        ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, \
         $22, $23, $24, $25, $26, $27, $28, $29, $30)"
    ));
    bind(statement, account, envelope).execute(connection).await?;
    Ok(())
}

/// Overwrites an account.
pub(crate) async fn update(
    connection: &mut DbConnection,
    account: &Account,
    envelope: &Envelope,
) -> Result<(), StoreError> {
    let statement = sqlx::query(
        "update accounts set provider = $2, method = $3, environment = $4, external_id = $5, name = $6, label = $7, \
         values_json = $8, secret_fields_json = $9, guide_digest = $10, proved_json = $11, outcome = $12, \
         identity_json = $13, state = $14, state_reason = $15, version = $16, kek_id = $17, wrapped_key = $18, \
         created_at = $19, updated_at = $20, checked_at = $21, project_id = $22, connector_profile_id = $23, \
         owner_id = $24, owner_name = $25, username = $26, kind = $27, metadata_json = $28, \
         hold = $29, state_at = $30 where id = $1",
    );
    bind(statement, account, envelope).execute(connection).await?;
    Ok(())
}

fn bind<'a>(statement: Statement<'a>, account: &Account, envelope: &Envelope) -> Statement<'a> {
    let home = account.home.as_ref();
    let owner = home.map(|home| &home.owner);
    statement
        .bind(account.id.to_string())
        .bind(account.provider.clone())
        .bind(account.method.clone())
        .bind(account.environment.clone())
        .bind(account.external_id.clone())
        .bind(account.name.clone())
        .bind(account.label.clone())
        .bind(json(object(&account.values)))
        .bind(json(account.secret_fields.clone()))
        .bind(account.guide_digest.clone())
        .bind(json(account.proved.clone()))
        .bind(account.outcome.clone())
        .bind(json(object(&account.identity)))
        .bind(account.state.as_str())
        .bind(account.state.reason().map(str::to_owned))
        .bind(account.version)
        .bind(envelope.kek.to_string())
        .bind(envelope.wrapped_key.clone())
        .bind(stamp(account.created_at))
        .bind(stamp(account.updated_at))
        .bind(account.checked_at.map(stamp))
        .bind(home.map(|home| home.project.clone()))
        .bind(home.map(|home| home.connector_profile.clone()))
        .bind(owner.map(|owner| owner.id.clone()))
        .bind(owner.map(|owner| owner.name.clone()))
        .bind(owner.and_then(|owner| owner.username.clone()))
        .bind(home.map(|home| home.kind).unwrap_or_default().as_str())
        .bind(json(home.map(|home| home.metadata.clone()).unwrap_or_default()))
        .bind(account.hold.map(crate::account::Hold::as_str))
        .bind(account.state_at.map(stamp))
}
