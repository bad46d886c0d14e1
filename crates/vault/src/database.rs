//! The database, SQLite or PostgreSQL, and how each is set up.
//!
//! **Invariant:** once a commit returns, its changes are on disk. The exception is a transaction that was begun with
//! [`Synced::Later`]: its changes are on disk after the next synced commit. While a write transaction runs, the data
//! that its decisions depend on does not change: on SQLite, only one connection writes at a time; on PostgreSQL, the
//! transaction locks names that stand for the data. Data deleted from a SQLite database is overwritten.
//!
//! Only this file, `schema.rs` and `unavailable.rs` handle the differences between the two databases. All other
//! statements run unchanged on both databases.

use std::fmt;
use std::future::ready;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use secret::Secret;
use sqlx::any::{Any, AnyConnectOptions, AnyPoolOptions, AnyRow};
use sqlx::{AnyConnection, ConnectOptions as _, Connection as _, Pool};
use url::Url;

use crate::error::StoreError;
use crate::unavailable::{SQLITE_BUSY, sqlite_code};

pub(crate) type Db = Any;
pub(crate) type DbRow = AnyRow;
pub(crate) type DbConnection = AnyConnection;

/// A statement and its bound values.
pub(crate) type Statement<'a> = sqlx::query::Query<'a, Db, <Db as sqlx::Database>::Arguments>;

/// A query for a single value of type `T`, and its bound values.
pub(crate) type Scalar<'a, T> = sqlx::query::QueryScalar<'a, Db, T, <Db as sqlx::Database>::Arguments>;

/// The maximum wait for another process to finish writing to SQLite.
const SQLITE_TIMEOUT: Duration = Duration::from_secs(15);

/// The maximum wait for a connection to PostgreSQL. It is short, so that requests fail quickly while the server cannot
/// be reached.
const POSTGRES_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a connection to PostgreSQL is assumed to be open after its last use. After that, it is tested before it is
/// used again, which takes a round trip.
const TRUSTED: Duration = Duration::from_secs(1);

/// The number of SQLite connections for reading.
const READERS: u32 = 4;

/// The number of PostgreSQL connections per process.
const CONNECTIONS: u32 = 16;

/// The statement that takes the lock held while a PostgreSQL database is created and migrated.
const OPENING: &str = "select pg_advisory_lock(8316300954761127541)";

/// The location of the database.
#[derive(Clone)]
pub(crate) enum Engine {
    /// The path to a SQLite file.
    Sqlite(PathBuf),
    /// The URL of a PostgreSQL database. It may contain a password.
    Postgres(Secret),
}

/// Whether a commit waits until its changes are on disk.
///
/// If a commit does not wait, its changes are still visible to all connections immediately, and they survive a process
/// crash. If the machine fails, commits from the last second can be lost. If a commit is lost, so are all later commits
/// ([SQLite](https://www.sqlite.org/pragma.html#pragma_synchronous),
/// [PostgreSQL](https://www.postgresql.org/docs/current/wal-async-commit.html)).
#[derive(Clone, Copy, Debug)]
pub(crate) enum Synced {
    /// The commit waits.
    Yes,
    /// The commit does not wait. Use this only for data whose loss is acceptable.
    Later,
}

impl Engine {
    /// Returns the statement that begins a write transaction. On SQLite, the transaction acquires the write lock at the
    /// start, so it cannot fail halfway because another transaction holds the lock.
    pub(crate) fn begin_writing(&self, synced: Synced) -> &'static str {
        match (self, synced) {
            (Self::Sqlite(_), Synced::Yes) => "pragma synchronous = full; begin immediate",
            (Self::Sqlite(_), Synced::Later) => "pragma synchronous = normal; begin immediate",
            (Self::Postgres(_), Synced::Yes) => "begin",
            (Self::Postgres(_), Synced::Later) => "begin; set local synchronous_commit = off",
        }
    }

    /// Locks a name until the transaction ends, either exclusively or shared with other transactions. Does nothing on
    /// SQLite, where write transactions already exclude each other.
    pub(crate) async fn hold(
        &self,
        connection: &mut DbConnection,
        name: &str,
        shared: bool,
    ) -> Result<(), StoreError> {
        if let Self::Postgres(_) = self {
            let statement = if shared {
                "select pg_advisory_xact_lock_shared(hashtextextended($1, 0))"
            } else {
                "select pg_advisory_xact_lock(hashtextextended($1, 0))"
            };
            sqlx::query(statement).bind(name).execute(connection).await?;
        }
        Ok(())
    }

    /// Returns the query for the current key's id. On PostgreSQL, the query also locks the row. Any number of
    /// transactions can hold this lock at the same time. A rotation changes the row's state, which is part of a unique
    /// key, so it waits until these transactions end.
    pub(crate) fn hold_current_key(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "select id from vault_keys where state = 'current'",
            Self::Postgres(_) => "select id from vault_keys where state = 'current' for key share",
        }
    }

    /// Returns the statement that adds uses of credentials to the audit trail. Its parameter is a JSON array of entries,
    /// because one parameter is much faster than one for each column of each entry.
    pub(crate) fn insert_uses(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => {
                "insert into audit (at, actor, action, account_id, version, detail, project_id, count) \
                 select value ->> 'at', value ->> 'actor', 'account.unsealed', value ->> 'account', \
                 value ->> 'version', value ->> 'detail', value ->> 'project', value ->> 'count' \
                 from json_each($1) order by key"
            }
            Self::Postgres(_) => {
                "insert into audit (at, actor, action, account_id, version, detail, project_id, count) \
                 select value ->> 'at', value ->> 'actor', 'account.unsealed', value ->> 'account', \
                 (value ->> 'version')::bigint, value ->> 'detail', value ->> 'project', \
                 (value ->> 'count')::bigint \
                 from json_array_elements($1::text::json) with ordinality as entries (value, place) order by place"
            }
        }
    }

    /// Returns the path to the database file, or `None` for a server.
    pub(crate) fn file(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(path) => Some(path),
            Self::Postgres(_) => None,
        }
    }

    /// Returns whether the database file is intact. Always returns `true` for a server, which checks its own files.
    pub(crate) async fn is_intact(&self, connection: &mut DbConnection) -> Result<bool, StoreError> {
        if let Self::Postgres(_) = self {
            return Ok(true);
        }
        let report: String =
            sqlx::query_scalar("pragma integrity_check(1)").fetch_one(&mut *connection).await?;
        let dangling: i64 =
            sqlx::query_scalar("select count(*) from pragma_foreign_key_check").fetch_one(connection).await?;
        Ok(report == "ok" && dangling == 0)
    }

    /// Opens a connection for creating or migrating the database. On a server, the connection holds a lock until it is
    /// closed.
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

    /// Opens the connection pools for writing and for reading.
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
                    .acquire_timeout(POSTGRES_TIMEOUT)
                    .idle_timeout(Duration::from_mins(10))
                    .test_before_acquire(false)
                    .before_acquire(|connection, last| {
                        let is_old = TRUSTED < last.idle_for;
                        Box::pin(async move {
                            Ok(!connection.is_in_transaction()
                                && (!is_old || connection.ping().await.is_ok()))
                        })
                    });
                let pool = pool.connect_with(options).await?;
                Ok((pool.clone(), pool))
            }
        }
    }

    /// Truncates SQLite's log, which still contains deleted and overwritten data. If a connection is reading an older
    /// state or another process is writing, the data can remain in the log until the next call. This is acceptable,
    /// because the data is sealed, as in a backup from before the change. Does nothing for a server, which maintains its
    /// own log.
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

/// Returns a server's URL without passwords, for display. Returns `None` if the string is not a URL.
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

/// Shows the path to a SQLite file, or the name and host of a PostgreSQL database without the user, password or
/// options.
impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "{}", path.display()),
            Self::Postgres(url) => match Url::parse(url.expose()) {
                Ok(url) => write!(f, "{} at {}", url.path(), url.host_str().unwrap_or("the local socket")),
                Err(_) => f.write_str("at the given URL"),
            },
        }
    }
}

/// Switches a SQLite database to write-ahead logging. Returns `false` if the file system does not support it.
pub(crate) async fn use_log(connection: &mut DbConnection) -> sqlx::Result<bool> {
    let start = Instant::now();
    loop {
        let mode =
            sqlx::query_scalar::<_, String>("pragma journal_mode = wal").fetch_one(&mut *connection).await;
        match mode {
            Ok(mode) => return Ok(mode == "wal"),
            // SQLite does not apply its own busy timeout to this statement, so the statement is retried here.
            Err(error) if is_busy(&error) && start.elapsed() < SQLITE_TIMEOUT => {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Runs a script with several statements.
pub(crate) async fn run_script(connection: &mut DbConnection, script: String) -> Result<(), StoreError> {
    sqlx::raw_sql(sqlx::AssertSqlSafe(script)).execute(connection).await?;
    Ok(())
}

/// Returns the options of a pool of SQLite connections.
///
/// A pool replaces a connection that the driver considers to be in a transaction. For example, if the disk is full,
/// SQLite may roll back a transaction by itself, and the driver's own rollback then fails.
fn sqlite_pool(size: u32, reads_only: bool) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .before_acquire(|connection, _| Box::pin(ready(Ok(!connection.is_in_transaction()))))
        .max_connections(size)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(SQLITE_TIMEOUT * 2)
        .after_connect(move |connection, _| Box::pin(set_up(connection, reads_only)))
}

/// Sets up a SQLite connection. The driver enforces foreign keys by default, but setting the option makes this
/// explicit.
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

/// Returns the URL of a database file. Connecting to it never creates the file.
fn sqlite_url(path: &Path) -> sqlx::Result<Url> {
    let path = std::path::absolute(path)?;
    let file = Url::from_file_path(&path).map_err(|()| {
        sqlx::Error::Configuration(format!("{} cannot be written as a URL", path.display()).into())
    })?;
    let text = format!("sqlite://{}?mode=rw", file.path());
    Url::parse(&text).map_err(|error| sqlx::Error::Configuration(error.into()))
}

fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.and_then(|code| sqlite_code(&code)) == Some(SQLITE_BUSY)
}

#[cfg(test)]
mod tests;
