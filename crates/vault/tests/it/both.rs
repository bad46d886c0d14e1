//! Creates vaults on SQLite and PostgreSQL, for tests that run on both.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use secret::Secret;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use vault::Vault;

use crate::{is_in_a_file, key_file, raw};

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

/// A vault whose database the test also reads directly.
pub(crate) struct Opened {
    pub(crate) name: &'static str,
    pub(crate) vault: Arc<Vault>,
    pub(crate) folder: tempfile::TempDir,
    /// The URL of the PostgreSQL database. `None` for SQLite.
    pub(crate) server: Option<String>,
}

impl Opened {
    pub(crate) async fn all() -> [Self; 2] {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let sqlite = Vault::open(folder.path(), key_file(folder.path())).await.unwrap();
        let url = new_database().await;
        let postgres = Vault::open_postgres(other.path(), Secret::from(url.as_str()), key_file(other.path()));
        let postgres = postgres.await.unwrap();
        [
            Self { name: "sqlite", vault: Arc::new(sqlite), folder, server: None },
            Self { name: "postgres", vault: Arc::new(postgres), folder: other, server: Some(url) },
        ]
    }

    /// Executes a statement directly, without the vault.
    pub(crate) async fn execute(&self, sql: &'static str) {
        match &self.server {
            None => drop(sqlx::raw_sql(sql).execute(&mut raw(self.folder.path()).await).await.unwrap()),
            Some(url) => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
            }
        }
    }

    /// Prevents other connections from writing to the audit trail until the result is dropped.
    pub(crate) async fn lock_audit(&self) -> Box<dyn Any> {
        match &self.server {
            None => {
                let mut connection = raw(self.folder.path()).await;
                sqlx::raw_sql("begin immediate").execute(&mut connection).await.unwrap();
                Box::new(connection)
            }
            Some(url) => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                let sql = "begin; lock table audit in exclusive mode";
                sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
                Box::new(connection)
            }
        }
    }

    /// Returns the sealed values and wrapped keys of all accounts, drafts and snapshots.
    pub(crate) async fn sealed(&self) -> Vec<Vec<u8>> {
        let sql = "select sealed from credentials union all select wrapped_key from accounts \
                   union all select sealed from sealed where kind in ('draft', 'snapshot') \
                   union all select wrapped_key from sealed where kind in ('draft', 'snapshot')";
        match &self.server {
            None => sqlx::query_scalar(sql).fetch_all(&mut raw(self.folder.path()).await).await.unwrap(),
            Some(url) => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap()
            }
        }
    }

    /// Returns whether these bytes are in a file of the SQLite vault or in a row of the PostgreSQL database.
    pub(crate) async fn contains(&self, bytes: &[u8]) -> bool {
        let Some(url) = &self.server else { return is_in_a_file(self.folder.path(), bytes) };
        let mut connection = PgConnection::connect(url).await.unwrap();
        let tables: Vec<String> =
            sqlx::query_scalar("select tablename::text from pg_tables where schemaname = 'public'")
                .fetch_all(&mut connection)
                .await
                .unwrap();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        for table in tables {
            let sql = AssertSqlSafe(format!("select t::text from \"{table}\" t"));
            let rows: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap();
            if rows.iter().any(|row| row.contains(&hex)) {
                return true;
            }
        }
        false
    }
}
