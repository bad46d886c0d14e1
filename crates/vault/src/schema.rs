//! The schema of the database, and how it comes about.
//!
//! **Invariant:** all steps that are missing are one transaction that holds the right to write from its first
//! statement; so two processes may start at once, and a crash leaves the schema as it was. A database from a newer
//! version is not touched.

use sqlx::Connection as _;

use crate::crash::crash_point;
use crate::database::{BEGIN_WRITING, DbConnection, run_script};
use crate::error::StoreError;

/// The version of the schema that this code reads and writes.
#[expect(clippy::cast_possible_wrap, reason = "there will never be that many steps")]
pub const SCHEMA_VERSION: i64 = STEPS.len() as i64;

/// Step `n` leads from version `n` to version `n + 1`. A step that was released is never edited.
const STEPS: [&str; 1] = [include_str!("../migrations/sqlite/0001_accounts.sql")];

/// Brings an empty or older database up to date. `Err` in the result: the version of a newer one.
pub(crate) async fn migrate(connection: &mut DbConnection) -> Result<Result<(), i64>, StoreError> {
    let mut tx = connection.begin_with(BEGIN_WRITING).await?;
    sqlx::query("create table if not exists vault_schema (version bigint not null primary key)")
        .execute(&mut *tx)
        .await?;
    let found = sqlx::query_scalar::<_, Option<i64>>("select max(version) from vault_schema")
        .fetch_one(&mut *tx)
        .await?
        .unwrap_or(0);
    if SCHEMA_VERSION < found {
        tx.rollback().await?;
        return Ok(Err(found));
    }
    for (version, step) in (1..).zip(STEPS) {
        if found < version {
            run_script(&mut tx, step).await?;
            sqlx::query("insert into vault_schema (version) values ($1)")
                .bind(version)
                .execute(&mut *tx)
                .await?;
        }
    }
    tx.commit().await?;
    crash_point("vault.migrated");
    Ok(Ok(()))
}
