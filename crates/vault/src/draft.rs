//! Drafts: a flow that a person has begun and not finished.
//!
//! **Invariant:** a draft holds what was typed, so it is sealed as an account is, with a data key of its own; a
//! draft that is past its time is not there.

use jiff::Timestamp;
use secret::Secret;
use sqlx::Row as _;

use crate::database::{DbConnection, DbRow};
use crate::error::StoreError;
use crate::key::Key;
use crate::open::Vault;
use crate::row::{parsed, stamp, time, whole_milliseconds};
use crate::seal::{DataKey, SealError};
use crate::work::Work;

/// A flow that was not finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Which state of the guide it was begun with.
    pub guide_digest: String,
    /// The snapshot of the flow.
    pub snapshot: Secret,
    /// When it was saved.
    pub saved_at: Timestamp,
    /// Until when it is kept.
    pub expires_at: Timestamp,
}

impl Vault {
    /// Saves a flow under a key of the caller's choosing, over the one that is there.
    pub async fn save_draft(
        &self,
        key: &str,
        guide_digest: &str,
        snapshot: &Secret,
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<(), StoreError> {
        let mut work = self.begin().await?;
        delete_expired(work.tx(), now).await?;
        write(&mut work, key, guide_digest, snapshot, now, expires).await?;
        work.commit().await
    }

    /// The draft that was saved under this key, unless it is past its time.
    pub async fn load_draft(&self, key: &str, now: Timestamp) -> Result<Option<Draft>, StoreError> {
        let row = sqlx::query(
            "select guide_digest, kek_id, wrapped_key, sealed, saved_at, expires_at from drafts \
             where draft_key = $1 and $2 < expires_at",
        )
        .bind(key)
        .bind(stamp(now))
        .fetch_optional(&self.readers)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let vault_key = self.key(parsed(&row, "drafts", "kek_id")?).await?;
        open(&row, key, &vault_key).map(Some)
    }

    /// Drops a draft, if it is there.
    pub async fn drop_draft(&self, key: &str) -> Result<(), StoreError> {
        let mut work = self.begin().await?;
        delete(work.tx(), key).await?;
        work.commit().await
    }

    /// Drops all drafts that are past their time; says how many. Saving a draft does it too.
    pub async fn drop_expired_drafts(&self, now: Timestamp) -> Result<u64, StoreError> {
        let mut work = self.begin().await?;
        let dropped = delete_expired(work.tx(), now).await?;
        work.commit().await?;
        Ok(dropped)
    }
}

/// Saves a draft in a transaction of the caller's.
pub(crate) async fn write(
    work: &mut Work,
    key: &str,
    guide_digest: &str,
    snapshot: &Secret,
    now: Timestamp,
    expires: Timestamp,
) -> Result<(), StoreError> {
    let (saved_at, expires_at) = (stamp(whole_milliseconds(now)), stamp(whole_milliseconds(expires)));
    let (wrapped_key, sealed) = DataKey::random()
        .and_then(|data_key| {
            let place = ["waystone/draft", key, guide_digest, &saved_at, &expires_at];
            Ok((
                data_key.wrap(work.key(), &key_place(key))?,
                data_key.seal(&place, snapshot.expose().as_bytes())?,
            ))
        })
        .map_err(failed(key))?;
    let kek = work.key().id().to_string();
    sqlx::query(
        "insert into drafts (draft_key, guide_digest, kek_id, wrapped_key, sealed, saved_at, expires_at) \
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (draft_key) do update set \
         guide_digest = excluded.guide_digest, kek_id = excluded.kek_id, wrapped_key = excluded.wrapped_key, \
         sealed = excluded.sealed, saved_at = excluded.saved_at, expires_at = excluded.expires_at",
    )
    .bind(key)
    .bind(guide_digest)
    .bind(kek)
    .bind(wrapped_key)
    .bind(sealed)
    .bind(saved_at)
    .bind(expires_at)
    .execute(work.tx())
    .await?;
    Ok(())
}

/// Drops a draft in a transaction of the caller's.
pub(crate) async fn delete(connection: &mut DbConnection, key: &str) -> Result<(), StoreError> {
    sqlx::query("delete from drafts where draft_key = $1").bind(key).execute(connection).await?;
    Ok(())
}

/// The data key of a draft, unwrapped and wrapped again under another key.
pub(crate) fn rewrap(from: &Key, to: &Key, draft: &str, wrapped_key: &[u8]) -> Result<Vec<u8>, StoreError> {
    DataKey::unwrap(from, &key_place(draft), wrapped_key)
        .and_then(|data_key| data_key.wrap(to, &key_place(draft)))
        .map_err(failed(draft))
}

async fn delete_expired(connection: &mut DbConnection, now: Timestamp) -> Result<u64, StoreError> {
    let done =
        sqlx::query("delete from drafts where expires_at <= $1").bind(stamp(now)).execute(connection).await?;
    Ok(done.rows_affected())
}

/// Opens the draft in a row.
pub(crate) fn open(row: &DbRow, key: &str, vault_key: &Key) -> Result<Draft, StoreError> {
    let guide_digest: String = row.try_get("guide_digest")?;
    let (saved_at, expires_at) = (time(row, "drafts", "saved_at")?, time(row, "drafts", "expires_at")?);
    let place = ["waystone/draft", key, &guide_digest, &stamp(saved_at), &stamp(expires_at)];
    let (wrapped_key, sealed): (Vec<u8>, Vec<u8>) = (row.try_get("wrapped_key")?, row.try_get("sealed")?);
    let plain = DataKey::unwrap(vault_key, &key_place(key), &wrapped_key)
        .and_then(|data_key| data_key.open(&place, &sealed))
        .map_err(failed(key))?;
    let text = std::str::from_utf8(&plain).map_err(|_| StoreError::damaged(format!("draft {key}")))?;
    Ok(Draft { snapshot: Secret::new(text), guide_digest, saved_at, expires_at })
}

fn failed(key: &str) -> impl Fn(SealError) -> StoreError {
    StoreError::seal(format!("draft {key}"))
}

fn key_place(draft: &str) -> [&str; 2] {
    ["waystone/draft-key", draft]
}
