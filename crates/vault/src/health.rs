//! Tests whether the database can be read and written.

use std::sync::atomic::Ordering;

use jiff::Timestamp;

use crate::error::StoreError;
use crate::open::Vault;
use crate::row::stamp;
use crate::writer::Writer;

/// The name of the lease that a test write takes. Leases that have expired are ignored.
const LEASE: &str = "test-write";

/// The size of a test write, in bytes. It is larger than a typical change, so that typical changes also succeed.
const SIZE: usize = 64 * 1024;

impl Vault {
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
