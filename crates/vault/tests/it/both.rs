//! Creates vaults on SQLite and PostgreSQL, for tests that run on both.

use std::sync::atomic::{AtomicU32, Ordering};

use secret::Secret;
use sqlx::{Connection as _, PgConnection};
use vault::Vault;

use crate::key_file;

/// Creates an empty vault on SQLite and another on PostgreSQL. For each, returns the database's name, the vault and the
/// vault's folder.
pub(crate) async fn vaults() -> Vec<(&'static str, Vault, tempfile::TempDir)> {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Vault::open(folder.path(), key_file(folder.path())).await.unwrap();
    let other = tempfile::tempdir().unwrap();
    let url = new_database().await;
    let postgres =
        Vault::open_postgres(other.path(), Secret::new(url), key_file(other.path())).await.unwrap();
    vec![("sqlite", sqlite, folder), ("postgres", postgres, other)]
}

/// Creates a database on the PostgreSQL server that the task runner started. Returns the database's URL.
pub(crate) async fn new_database() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let server = std::env::var("WAYSTONE_TEST_POSTGRES").expect(
        "these tests need PostgreSQL: run `cargo xtask test`, or `cargo xtask with-postgres cargo test -p vault`",
    );
    let name = format!("vault_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let mut connection = PgConnection::connect(&format!("{server}/postgres")).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("create database {name}")))
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    format!("{server}/{name}")
}
