//! A database comes about from nothing, and a newer one is left alone.

use vault::{OpenError, SCHEMA_VERSION, Vault};

use crate::{at, count, key_file, meddle, open, raw, sample};

#[tokio::test]
async fn an_empty_file_becomes_a_database() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("vault.db"), "").unwrap();
    let vault = open(folder.path()).await;
    vault.add(&sample("a"), None, "ada", at(0)).await.unwrap();
    assert_eq!(count(folder.path(), "select max(version) from vault_schema").await, SCHEMA_VERSION);
    let check: String =
        sqlx::query_scalar("pragma integrity_check").fetch_one(&mut raw(folder.path()).await).await.unwrap();
    assert_eq!(check, "ok");
}

#[tokio::test]
async fn opening_again_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).await.close().await;
    let before = std::fs::read(folder.path().join("vault.db")).unwrap();
    open(folder.path()).await.close().await;
    assert!(before == std::fs::read(folder.path().join("vault.db")).unwrap());
}

#[tokio::test]
async fn a_newer_database_is_refused_and_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).await.close().await;
    meddle(folder.path(), "insert into vault_schema (version) select max(version) + 1 from vault_schema")
        .await;
    let before = std::fs::read(folder.path().join("vault.db")).unwrap();
    let error = Vault::open(folder.path(), key_file(folder.path())).await.unwrap_err();
    assert!(matches!(error, OpenError::Newer { found } if found == SCHEMA_VERSION + 1), "{error:?}");
    let newer = SCHEMA_VERSION + 1;
    let expected = format!("newer waystone (schema {newer}, not {SCHEMA_VERSION}); upgrade waystone");
    assert_eq!(error.to_string(), format!("the vault was written by a {expected}"));
    assert!(before == std::fs::read(folder.path().join("vault.db")).unwrap());
}

#[tokio::test]
async fn what_is_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("vault.db"), "This is a letter, and a rather long one. ".repeat(100))
        .unwrap();
    let error = Vault::open(folder.path(), key_file(folder.path())).await.unwrap_err();
    assert!(matches!(error, OpenError::Database { .. }), "{error:?}");
    assert!(!folder.path().join("vault.key").exists());
}
