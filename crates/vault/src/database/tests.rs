//! Tests of the databases' settings.

use sqlx::Connection as _;

use super::*;

#[test]
fn a_url_is_shown_without_passwords() {
    for (url, expected) in [
        (
            "postgres://hub:canary@db.internal:5432/hub?sslmode=require",
            "postgres://hub@db.internal:5432/hub?sslmode=require",
        ),
        ("postgres://db/hub?user=hub&password=canary&sslpassword=canary", "postgres://db/hub?user=hub"),
        ("postgres://hub@db/hub", "postgres://hub@db/hub"),
    ] {
        assert_eq!(without_password(&Secret::from(url)).as_deref(), Some(expected));
    }
    assert_eq!(without_password(&Secret::from("canary")), None);
}

#[tokio::test]
async fn a_path_with_special_characters_is_used_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a b%20?#ü.db");
    std::fs::write(&path, "").unwrap();
    let mut connection = Engine::Sqlite(path.clone()).connect().await.unwrap();
    run_script(&mut connection, "create table t (a text)".to_owned()).await.unwrap();
    connection.close().await.unwrap();
    assert!(0 < std::fs::metadata(&path).unwrap().len());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// Returns the database's sync setting in a transaction that was begun with `synced`.
async fn sync_setting(pool: &Pool<Db>, engine: &Engine, synced: Synced) -> String {
    let mut tx = pool.begin_with(engine.begin_writing(synced)).await.unwrap();
    let setting = match engine {
        Engine::Sqlite(_) => {
            let setting = sqlx::query_scalar::<_, i64>("pragma synchronous").fetch_one(&mut *tx).await;
            setting.unwrap().to_string()
        }
        Engine::Postgres(_) => {
            sqlx::query_scalar::<_, String>("show synchronous_commit").fetch_one(&mut *tx).await.unwrap()
        }
    };
    tx.commit().await.unwrap();
    setting
}

async fn check_sync(engine: Engine, yes: &str, later: &str) {
    let (writer, _) = engine.pools().await.unwrap();
    for (synced, expected) in
        [(Synced::Yes, yes), (Synced::Later, later), (Synced::Yes, yes), (Synced::Later, later)]
    {
        assert_eq!(sync_setting(&writer, &engine, synced).await, expected, "{synced:?}");
    }
}

#[tokio::test]
async fn a_commit_to_sqlite_waits_for_the_disk_if_synced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    std::fs::write(&path, "").unwrap();
    check_sync(Engine::Sqlite(path), "2", "1").await;
}

#[tokio::test]
async fn a_commit_to_postgresql_waits_for_the_disk_if_synced() {
    let server = std::env::var("WAYSTONE_TEST_POSTGRES")
        .expect("this test needs PostgreSQL: run `cargo xtask with-postgres cargo test -p vault`");
    // The test server is configured not to wait for the disk, unlike a server in production.
    let url = Secret::new(format!("{server}/postgres?options=-c%20synchronous_commit%3Don"));
    check_sync(Engine::Postgres(url), "on", "off").await;
}
