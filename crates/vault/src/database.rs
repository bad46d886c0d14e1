//! The database: which one, and how it is set up.
//!
//! **Invariant:** a commit that returned is on the disk, unless it was begun as one that need not be, and then it is
//! with the next that is; a transaction that writes sees what it decides upon unchanged until it ends. SQLite: one connection writes, the others cannot, and what was deleted is overwritten.
//! PostgreSQL: the rows and names that a decision rests on are held.
//!
//! Everything in which the two differ is in here and in [`crate::schema`]; the statements elsewhere are for both.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use secret::Secret;
use sqlx::any::{Any, AnyConnectOptions, AnyPoolOptions, AnyRow};
use sqlx::{AnyConnection, ConnectOptions as _, Connection as _, Pool};
use url::Url;

use crate::error::StoreError;

/// The database in use.
pub(crate) type Db = Any;
/// One of its rows.
pub(crate) type DbRow = AnyRow;
/// One of its connections.
pub(crate) type DbConnection = AnyConnection;

/// A statement and its values.
pub(crate) type Statement<'a> = sqlx::query::Query<'a, Db, <Db as sqlx::Database>::Arguments>;

/// How long to wait for another process to finish writing, or for a connection.
const PATIENCE: Duration = Duration::from_secs(15);

/// How many may read at once from SQLite.
const READERS: u32 = 4;

/// How many connections to PostgreSQL a process has.
const CONNECTIONS: u32 = 16;

/// The number of the lock under which a PostgreSQL database is brought into shape.
const OPENING: &str = "select pg_advisory_lock(8316300954761127541)";

/// Where the database is.
#[derive(Clone)]
pub(crate) enum Engine {
    /// A file.
    Sqlite(PathBuf),
    /// A server, by URL: it may hold a password.
    Postgres(Secret),
}

/// Whether a commit waits until it is on the disk.
///
/// One that does not is seen by everybody at once and outlives the process. If the machine fails, the last second of
/// them may be gone, and never without those that came after
/// ([SQLite](https://www.sqlite.org/pragma.html#pragma_synchronous),
/// [PostgreSQL](https://www.postgresql.org/docs/current/wal-async-commit.html)).
#[derive(Clone, Copy, Debug)]
pub(crate) enum Synced {
    /// It does.
    Yes,
    /// It does not: for what nobody was promised.
    Later,
}

impl Engine {
    /// How a transaction that writes begins. On SQLite with the right to write, so that it never fails halfway for
    /// want of it.
    pub(crate) fn begin_writing(&self, synced: Synced) -> &'static str {
        match (self, synced) {
            (Self::Sqlite(_), Synced::Yes) => "pragma synchronous = full; begin immediate",
            (Self::Sqlite(_), Synced::Later) => "pragma synchronous = normal; begin immediate",
            (Self::Postgres(_), Synced::Yes) => "begin",
            (Self::Postgres(_), Synced::Later) => "begin; set local synchronous_commit = off",
        }
    }

    /// Whether several transactions may write at once, so that what a decision rests on has to be held.
    pub(crate) fn writes_at_once(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// The connection that brings the database into shape. Of a server it holds the lock until it is closed.
    pub(crate) async fn connect(&self) -> sqlx::Result<DbConnection> {
        let mut connection = self.options()?.connect().await?;
        match self {
            Self::Sqlite(_) => set_up(&mut connection, false).await?,
            Self::Postgres(_) => {
                sqlx::raw_sql(OPENING).execute(&mut connection).await?;
            }
        }
        Ok(connection)
    }

    /// The connections that write, and those that read.
    pub(crate) async fn pools(&self) -> sqlx::Result<(Pool<Db>, Pool<Db>)> {
        let options = self.options()?;
        match self {
            Self::Sqlite(_) => {
                let writer = sqlite_pool(1, false).connect_with(options.clone()).await?;
                Ok((writer, sqlite_pool(READERS, true).connect_lazy_with(options)))
            }
            Self::Postgres(_) => {
                let pool = AnyPoolOptions::new()
                    .max_connections(CONNECTIONS)
                    .acquire_timeout(PATIENCE)
                    .idle_timeout(Duration::from_mins(10));
                let pool = pool.connect_with(options).await?;
                Ok((pool.clone(), pool))
            }
        }
    }

    /// Takes what was deleted out of SQLite's log as well. Best effort: while someone reads an older state, or
    /// another process writes, it waits for the next time. A server has its own housekeeping; what stays in there
    /// until then is sealed, and its data key is gone.
    pub(crate) async fn wipe_log(&self, writer: &Pool<Db>) {
        if let Self::Sqlite(_) = self {
            let _ = sqlx::query("pragma wal_checkpoint(truncate)").execute(writer).await;
        }
    }

    fn options(&self) -> sqlx::Result<AnyConnectOptions> {
        sqlx::any::install_default_drivers();
        let url = match self {
            Self::Sqlite(path) => sqlite_url(path)?,
            Self::Postgres(url) => {
                Url::parse(url.expose()).map_err(|error| sqlx::Error::Configuration(error.into()))?
            }
        };
        Ok(AnyConnectOptions::from_url(&url)?.disable_statement_logging())
    }
}

/// The URL of a server as it may be shown: without passwords. None, if it is no URL.
pub fn without_password(url: &Secret) -> Option<String> {
    let mut url = Url::parse(url.expose()).ok()?;
    let _ = url.set_password(None);
    let shown: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| !name.contains("pass"))
        .map(|(a, b)| (a.into(), b.into()))
        .collect();
    url.set_query(None);
    if !shown.is_empty() {
        url.query_pairs_mut().extend_pairs(shown);
    }
    Some(url.to_string())
}

/// Without user, password and options.
impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "{}", path.display()),
            Self::Postgres(url) => match Url::parse(url.expose()) {
                Ok(url) => write!(f, "{} at {}", url.path(), url.host_str().unwrap_or("the local socket")),
                Err(_) => f.write_str("by that URL"),
            },
        }
    }
}

/// Switches to write-ahead logging. `false`: the file system cannot do it.
pub(crate) async fn use_log(connection: &mut DbConnection) -> sqlx::Result<bool> {
    let start = Instant::now();
    loop {
        let mode =
            sqlx::query_scalar::<_, String>("pragma journal_mode = wal").fetch_one(&mut *connection).await;
        match mode {
            Ok(mode) => return Ok(mode == "wal"),
            // SQLite does not wait here by itself.
            Err(error) if is_busy(&error) && start.elapsed() < PATIENCE => {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Runs a script of several statements.
pub(crate) async fn run_script(connection: &mut DbConnection, script: String) -> Result<(), StoreError> {
    sqlx::raw_sql(sqlx::AssertSqlSafe(script)).execute(connection).await?;
    Ok(())
}

/// Closes a connection that is not needed any more.
pub(crate) async fn close(connection: DbConnection) -> sqlx::Result<()> {
    connection.close().await
}

fn sqlite_pool(size: u32, reads_only: bool) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(size)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(PATIENCE * 2)
        .after_connect(move |connection, _| Box::pin(set_up(connection, reads_only)))
}

/// What holds for every connection to SQLite. Foreign keys are enforced by the driver's default, and said again.
async fn set_up(connection: &mut DbConnection, reads_only: bool) -> sqlx::Result<()> {
    sqlx::raw_sql(
        "pragma busy_timeout = 15000; pragma synchronous = full; pragma secure_delete = on; pragma foreign_keys = on;",
    )
    .execute(&mut *connection)
    .await?;
    if reads_only {
        sqlx::raw_sql("pragma query_only = on").execute(connection).await?;
    }
    Ok(())
}

/// The file is there, or it is not a vault: it is never made by connecting.
fn sqlite_url(path: &Path) -> sqlx::Result<Url> {
    let path = std::path::absolute(path)?;
    let file = Url::from_file_path(&path).map_err(|()| {
        sqlx::Error::Configuration(format!("{} cannot be written as a URL", path.display()).into())
    })?;
    let text = format!("sqlite://{}?mode=rw", file.path());
    Url::parse(&text).map_err(|error| sqlx::Error::Configuration(error.into()))
}

fn is_busy(error: &sqlx::Error) -> bool {
    // The primary code 5 is SQLITE_BUSY; the bytes above it say which kind.
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.and_then(|code| code.parse::<u32>().ok()).is_some_and(|code| code & 0xff == 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_shown_without_what_lets_in() {
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
    async fn a_path_with_odd_characters_is_that_path() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a b%20?#ü.db");
        std::fs::write(&path, "").unwrap();
        let mut connection = Engine::Sqlite(path.clone()).connect().await.unwrap();
        run_script(&mut connection, "create table t (a text)".to_owned()).await.unwrap();
        close(connection).await.unwrap();
        assert!(0 < std::fs::metadata(&path).unwrap().len());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    /// What the database says of the commit of a transaction that was begun so.
    async fn duty(pool: &Pool<Db>, engine: &Engine, synced: Synced) -> String {
        let mut tx = pool.begin_with(engine.begin_writing(synced)).await.unwrap();
        let held = match engine {
            Engine::Sqlite(_) => {
                let held = sqlx::query_scalar::<_, i64>("pragma synchronous").fetch_one(&mut *tx).await;
                held.unwrap().to_string()
            }
            Engine::Postgres(_) => {
                sqlx::query_scalar::<_, String>("show synchronous_commit").fetch_one(&mut *tx).await.unwrap()
            }
        };
        tx.commit().await.unwrap();
        held
    }

    async fn waits_for_the_disk_unless_it_need_not(engine: Engine, yes: &str, later: &str) {
        let (writer, _) = engine.pools().await.unwrap();
        for (synced, expected) in
            [(Synced::Yes, yes), (Synced::Later, later), (Synced::Yes, yes), (Synced::Later, later)]
        {
            assert_eq!(duty(&writer, &engine, synced).await, expected, "{synced:?}");
        }
    }

    #[tokio::test]
    async fn a_commit_to_sqlite_waits_for_the_disk_unless_it_need_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        std::fs::write(&path, "").unwrap();
        waits_for_the_disk_unless_it_need_not(Engine::Sqlite(path), "2", "1").await;
    }

    #[tokio::test]
    async fn a_commit_to_postgresql_waits_for_the_disk_unless_it_need_not() {
        let server = std::env::var("WAYSTONE_TEST_POSTGRES")
            .expect("this test needs PostgreSQL: run `cargo xtask with-postgres cargo test -p vault`");
        // The server of the tests waits for nothing; one in use does.
        let url = Secret::new(format!("{server}/postgres?options=-c%20synchronous_commit%3Don"));
        waits_for_the_disk_unless_it_need_not(Engine::Postgres(url), "on", "off").await;
    }
}
