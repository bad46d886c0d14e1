//! Tests that a missing database is created, and that a database with an unsupported schema is left unchanged.

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};
use vault::{OpenError, SCHEMA_VERSION, Unsupported, Vault};

use crate::{add, by, count, key_file, open, raw, sample, tamper};

/// Creates a database directly, without the vault.
async fn raw_new(folder: &std::path::Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(folder.join("vault.db")).create_if_missing(true);
    options.connect().await.unwrap()
}

#[tokio::test]
async fn an_empty_file_becomes_a_vault() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("vault.db"), "").unwrap();
    let vault = open(folder.path()).await;
    add(&vault, &sample("a"), by("ada", 0)).await.unwrap();
    assert_eq!(count(folder.path(), "select max(version) from vault_schema").await, SCHEMA_VERSION);
    let check: String =
        sqlx::query_scalar("pragma integrity_check").fetch_one(&mut raw(folder.path()).await).await.unwrap();
    assert_eq!(check, "ok");
}

#[tokio::test]
async fn reopening_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).await.close().await;
    let before = std::fs::read(folder.path().join("vault.db")).unwrap();
    open(folder.path()).await.close().await;
    assert!(before == std::fs::read(folder.path().join("vault.db")).unwrap());
}

#[tokio::test]
async fn a_newer_database_is_refused_and_left_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).await.close().await;
    tamper(folder.path(), "insert into vault_schema (version) select max(version) + 1 from vault_schema")
        .await;
    let before = std::fs::read(folder.path().join("vault.db")).unwrap();
    let error = Vault::open(folder.path(), key_file(folder.path())).await.unwrap_err();
    let is_newer =
        matches!(error, OpenError::Schema(Unsupported::Newer { found }) if found == SCHEMA_VERSION + 1);
    assert!(is_newer, "{error:?}");
    let newer = SCHEMA_VERSION + 1;
    let expected = format!("newer waystone (schema {newer}, not {SCHEMA_VERSION}); upgrade waystone");
    assert_eq!(error.to_string(), format!("the vault was written by a {expected}"));
    assert!(before == std::fs::read(folder.path().join("vault.db")).unwrap());
}

#[tokio::test]
async fn a_database_from_before_the_first_release_is_refused_and_left_unchanged() {
    for version in ["1", "2"] {
        let folder = tempfile::tempdir().unwrap();
        let mut database = raw_new(folder.path()).await;
        let script = format!(
            "create table vault_schema (version bigint not null primary key); \
             insert into vault_schema (version) values ({version}); create table accounts (id text)"
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(script)).execute(&mut database).await.unwrap();
        database.close().await.unwrap();
        let error = Vault::open(folder.path(), key_file(folder.path())).await.unwrap_err();
        let expected = format!(
            "the vault was written by a build from before the first release (schema {version}, not \
             {SCHEMA_VERSION}), which cannot be migrated; move its database away and link the accounts again"
        );
        assert_eq!(error.to_string(), expected);
        let tables = "select count(*) from sqlite_master where type = 'table'";
        assert_eq!(count(folder.path(), tables).await, 2, "version {version}");
        assert!(!folder.path().join("vault.key").exists(), "version {version}");
    }
}

#[tokio::test]
async fn a_file_that_is_not_a_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("vault.db"), "This is a letter, and a rather long one. ".repeat(100))
        .unwrap();
    let error = Vault::open(folder.path(), key_file(folder.path())).await.unwrap_err();
    assert!(matches!(error, OpenError::Database { .. }), "{error:?}");
    assert!(!folder.path().join("vault.key").exists());
}
