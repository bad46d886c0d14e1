//! Tests whether the database can be read and written.

use std::path::Path;
use std::sync::atomic::Ordering;

use jiff::Timestamp;

use crate::error::StoreError;
use crate::file::{FileId, off_thread};
use crate::open::Vault;
use crate::row::stamp;
use crate::writer::Writer;

/// The name of the lease that a test write takes. Leases that have expired are ignored.
const LEASE: &str = "test-write";

/// The size of a test write, in bytes. It is larger than a typical change, so that typical changes also succeed.
const SIZE: usize = 64 * 1024;

impl Vault {
    /// Returns `false` if SQLite's database file was deleted or replaced since the vault was opened. The process then
    /// still uses the earlier file, whose content is lost when the process ends. Always `true` for PostgreSQL.
    pub async fn has_its_file(&self) -> bool {
        let (Some(path), Some(opened)) = (self.engine.file().map(Path::to_owned), self.file) else {
            return true;
        };
        off_thread(move || FileId::of(&path).is_ok_and(|current| current == opened)).await
    }

    /// Reads from the database. Returns an error if the database cannot be read.
    pub async fn test_read(&self) -> Result<(), StoreError> {
        sqlx::query("select id from vault_keys where state = 'current'")
            .fetch_optional(&self.readers)
            .await?;
        Ok(())
    }
}

impl Writer {
    /// Writes a row to the database and deletes it if a transaction has ended without a commit since the last
    /// successful call. Otherwise, does nothing, so that frequent calls cost nothing. Returns an error if the database
    /// cannot be written, for example because its disk is full.
    pub async fn test_write_if_suspect(&self, now: Timestamp) -> Result<(), StoreError> {
        // If the write fails, its transaction ends without a commit, which sets the flag again.
        if !self.is_suspect.swap(false, Ordering::Relaxed) {
            return Ok(());
        }
        let insert = sqlx::query(
            "insert into leases (what, holder, ends) values ($1, $2, $3) \
             on conflict (what) do update set holder = excluded.holder, ends = excluded.ends",
        );
        self.execute(insert.bind(LEASE).bind("-".repeat(SIZE)).bind(stamp(now))).await?;
        self.execute(sqlx::query("delete from leases where what = $1").bind(LEASE)).await?;
        Ok(())
    }
}
