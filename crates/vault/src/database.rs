//! The database: which one, and how it is set up.
//!
//! **Invariant:** a commit that returned is on the disk; what was deleted is overwritten; one connection writes
//! and the others cannot.
//!
//! Everything that only SQLite knows is in here and in `migrations/sqlite`; the statements elsewhere are plain.

use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::sqlite::{Sqlite, SqliteConnectOptions, SqlitePoolOptions, SqliteRow, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, Pool, SqliteConnection};

use crate::error::StoreError;

/// The database in use.
pub(crate) type Db = Sqlite;
/// One of its rows.
pub(crate) type DbRow = SqliteRow;
/// One of its connections.
pub(crate) type DbConnection = SqliteConnection;

/// How a transaction that writes begins: with the right to write, so that it never fails halfway for want of it.
pub(crate) const BEGIN_WRITING: &str = "begin immediate";

/// How long to wait for another process to finish writing.
const PATIENCE: Duration = Duration::from_secs(15);

/// How many may read at once.
const READERS: u32 = 4;

/// The connection that brings the database into shape.
pub(crate) async fn connect(path: &Path) -> sqlx::Result<DbConnection> {
    options(path).connect().await
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

/// The one connection that writes.
pub(crate) async fn writer(path: &Path) -> sqlx::Result<Pool<Db>> {
    pool(1).connect_with(options(path)).await
}

/// The connections that read, made when they are needed.
pub(crate) fn readers(path: &Path) -> Pool<Db> {
    pool(READERS).connect_lazy_with(options(path).pragma("query_only", "on"))
}

/// Takes what was deleted out of the log as well. Best effort: while someone reads an older state, or another
/// process writes, it waits for the next time.
pub(crate) async fn wipe_log(writer: &Pool<Db>) {
    let _ = sqlx::query("pragma wal_checkpoint(truncate)").execute(writer).await;
}

/// Runs a script of several statements.
pub(crate) async fn run_script(
    connection: &mut DbConnection,
    script: &'static str,
) -> Result<(), StoreError> {
    sqlx::raw_sql(script).execute(connection).await?;
    Ok(())
}

/// Closes a connection that is not needed any more.
pub(crate) async fn close(connection: DbConnection) -> sqlx::Result<()> {
    connection.close().await
}

fn pool(size: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(size)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(PATIENCE * 2)
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .foreign_keys(true)
        .synchronous(SqliteSynchronous::Full)
        .pragma("secure_delete", "on")
        .busy_timeout(PATIENCE)
}

fn is_busy(error: &sqlx::Error) -> bool {
    // The primary code 5 is SQLITE_BUSY; the bytes above it say which kind.
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.and_then(|code| code.parse::<u32>().ok()).is_some_and(|code| code & 0xff == 5)
}
