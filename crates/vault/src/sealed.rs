//! Sealed data other than accounts: one table, with a typed user for each kind of content.
//!
//! **Invariant:** a row opens only with the kind, key, binding and expiry that it was written with, and a row without
//! an expiry only without one. Each kind has its own first part of the associated data, so one kind of content never
//! opens as another.

use jiff::Timestamp;
use secret::Secret;
use sqlx::Row as _;

use crate::database::{DbConnection, DbRow};
use crate::error::StoreError;
use crate::key::{Key, KeyId};
use crate::open::Vault;
use crate::row::{optional_time, parsed, stamp, time, whole_milliseconds};
use crate::seal::DataKey;
use crate::writer::Work;

/// The columns that [`open`] reads.
macro_rules! sealed_columns {
    () => {
        "kind, key, binding, kek_id, wrapped_key, sealed, saved_at, expires_at"
    };
}
pub(crate) use sealed_columns;

/// What a row holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// A flow that a person started in the terminal, bound to the guide.
    Draft,
    /// The secret fields of a connector profile, bound to its project.
    ProfileSecrets,
    /// The answer to a request with an idempotency key, bound to the request.
    Answer,
    /// The snapshot of a link attempt's flow, bound to the guide.
    Snapshot,
    /// The requests and responses of a link attempt, bound to its project.
    Transcript,
    /// The secret part of a sign-in that is under way, bound to the link attempt.
    SignIn,
}

/// A row to write.
pub(crate) struct Item<'a> {
    pub(crate) content: Content,
    pub(crate) key: &'a str,
    /// What else the content belongs to. It is stored in plain text, and a row with a different binding does not open.
    pub(crate) binding: &'a str,
    /// `None` keeps the row until it is deleted.
    pub(crate) expires_at: Option<Timestamp>,
}

/// An opened row.
pub(crate) struct Opened {
    pub(crate) binding: String,
    pub(crate) plain: Secret,
    pub(crate) saved_at: Timestamp,
    pub(crate) expires_at: Option<Timestamp>,
}

impl Content {
    const ALL: [Self; 6] =
        [Self::Draft, Self::ProfileSecrets, Self::Answer, Self::Snapshot, Self::Transcript, Self::SignIn];

    /// The first part of the associated data of the content and of its data key. Once released, it cannot change.
    fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::Draft => ("waystone/draft", "waystone/draft-key"),
            Self::ProfileSecrets => ("waystone/profile-secrets", "waystone/profile-secrets-key"),
            Self::Answer => ("waystone/answer", "waystone/answer-key"),
            Self::Snapshot => ("waystone/snapshot", "waystone/snapshot-key"),
            Self::Transcript => ("waystone/transcript", "waystone/transcript-key"),
            Self::SignIn => ("waystone/sign-in", "waystone/sign-in-key"),
        }
    }

    /// The word in the `kind` column.
    pub(crate) fn as_str(self) -> &'static str {
        self.labels().0.trim_start_matches("waystone/")
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|content| content.as_str() == text)
    }

    /// The associated data of the data key.
    fn of_key(self, key: &str) -> [&str; 2] {
        [self.labels().1, key]
    }

    /// The name of a row in an error, such as `draft acme`.
    fn name(self, key: &str) -> String {
        format!("{} {key}", self.as_str().replace('-', " "))
    }
}

impl Opened {
    /// The content, unless it has expired.
    pub(crate) fn unless_expired(self, now: Timestamp) -> Option<Self> {
        self.expires_at.is_none_or(|expires| now < expires).then_some(self)
    }
}

impl Vault {
    /// Reads and opens a row, expired or not.
    pub(crate) async fn read_sealed(
        &self,
        content: Content,
        key: &str,
    ) -> Result<Option<Opened>, StoreError> {
        let Some(row) = find(&mut *self.readers.acquire().await?, content, key).await? else {
            return Ok(None);
        };
        let vault_key = self.key(kek(&row)?).await?;
        open(&row, &vault_key).map(Some)
    }
}

impl Work {
    /// Reads and opens a row in the transaction, expired or not.
    pub(crate) async fn read_sealed(
        &mut self,
        content: Content,
        key: &str,
    ) -> Result<Option<Opened>, StoreError> {
        let Some(row) = find(self.tx(), content, key).await? else { return Ok(None) };
        let vault_key = self.key_with_id(kek(&row)?)?;
        open(&row, &vault_key).map(Some)
    }

    /// Seals content with a fresh data key, and writes it over the row with the same key, if there is one.
    pub(crate) async fn write_sealed(
        &mut self,
        item: &Item<'_>,
        plain: &Secret,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let saved_at = stamp(whole_milliseconds(now));
        let expires_at = item.expires_at.map(|expires| stamp(whole_milliseconds(expires)));
        let (wrapped_key, sealed) = DataKey::random()
            .and_then(|data_key| {
                let context = context(item.content, item.key, item.binding, &saved_at, expires_at.as_deref());
                Ok((
                    data_key.wrap(self.key(), &item.content.of_key(item.key))?,
                    data_key.seal(&context, plain.expose().as_bytes())?,
                ))
            })
            .map_err(StoreError::seal(item.content.name(item.key)))?;
        let kek = self.key().id().to_string();
        sqlx::query(concat!(
            "insert into sealed (",
            sealed_columns!(),
            ") values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (kind, key) do update set \
             binding = excluded.binding, kek_id = excluded.kek_id, wrapped_key = excluded.wrapped_key, \
             sealed = excluded.sealed, saved_at = excluded.saved_at, expires_at = excluded.expires_at"
        ))
        .bind(item.content.as_str())
        .bind(item.key)
        .bind(item.binding)
        .bind(kek)
        .bind(wrapped_key)
        .bind(sealed)
        .bind(saved_at)
        .bind(expires_at)
        .execute(self.tx())
        .await?;
        Ok(())
    }
}

/// Deletes a row, if it is there.
pub(crate) async fn delete(
    connection: &mut DbConnection,
    content: Content,
    key: &str,
) -> Result<(), StoreError> {
    sqlx::query("delete from sealed where kind = $1 and key = $2")
        .bind(content.as_str())
        .bind(key)
        .execute(connection)
        .await?;
    Ok(())
}

/// Deletes every expired row and returns how many there were.
pub(crate) async fn delete_expired(connection: &mut DbConnection, now: Timestamp) -> Result<u64, StoreError> {
    let done =
        sqlx::query("delete from sealed where expires_at <= $1").bind(stamp(now)).execute(connection).await?;
    Ok(done.rows_affected())
}

/// Wraps the data key of a row under another key of the vault. The content stays as it is.
pub(crate) async fn rewrap(
    connection: &mut DbConnection,
    row: &DbRow,
    from: &Key,
    to: &Key,
) -> Result<(), StoreError> {
    let (content, key) = (content(row)?, row.try_get::<String, _>("key")?);
    let wrapped_key =
        DataKey::unwrap(from, &content.of_key(&key), &row.try_get::<Vec<u8>, _>("wrapped_key")?)
            .and_then(|data_key| data_key.wrap(to, &content.of_key(&key)))
            .map_err(StoreError::seal(content.name(&key)))?;
    sqlx::query(
        "update sealed set kek_id = $3, wrapped_key = $4 where kind = $1 and key = $2 and kek_id = $5",
    )
    .bind(content.as_str())
    .bind(key)
    .bind(to.id().to_string())
    .bind(wrapped_key)
    // A row that was written in the meantime is under the new key already.
    .bind(from.id().to_string())
    .execute(connection)
    .await?;
    Ok(())
}

/// Opens a row.
pub(crate) fn open(row: &DbRow, vault_key: &Key) -> Result<Opened, StoreError> {
    const TABLE: &str = "sealed";
    let (content, key) = (content(row)?, row.try_get::<String, _>("key")?);
    let binding: String = row.try_get("binding")?;
    let (saved_at, expires_at) = (time(row, TABLE, "saved_at")?, optional_time(row, TABLE, "expires_at")?);
    let (saved, expires) = (stamp(saved_at), expires_at.map(stamp));
    let context = context(content, &key, &binding, &saved, expires.as_deref());
    let (wrapped_key, sealed): (Vec<u8>, Vec<u8>) = (row.try_get("wrapped_key")?, row.try_get("sealed")?);
    let plain = DataKey::unwrap(vault_key, &content.of_key(&key), &wrapped_key)
        .and_then(|data_key| data_key.open(&context, &sealed))
        .map_err(StoreError::seal(content.name(&key)))?;
    let text = std::str::from_utf8(&plain).map_err(|_| StoreError::damaged(content.name(&key)))?;
    Ok(Opened { plain: Secret::new(text), binding, saved_at, expires_at })
}

/// The id of the vault's key under which a row's data key is wrapped.
pub(crate) fn kek(row: &DbRow) -> Result<KeyId, StoreError> {
    parsed(row, "sealed", "kek_id")
}

async fn find(
    connection: &mut DbConnection,
    content: Content,
    key: &str,
) -> Result<Option<DbRow>, StoreError> {
    let row = sqlx::query(concat!("select ", sealed_columns!(), " from sealed where kind = $1 and key = $2"))
        .bind(content.as_str())
        .bind(key)
        .fetch_optional(connection)
        .await?;
    Ok(row)
}

fn content(row: &DbRow) -> Result<Content, StoreError> {
    Content::parse(&row.try_get::<String, _>("kind")?)
        .ok_or_else(|| StoreError::damaged("column kind of a row in table sealed"))
}

/// A timestamp is never `none`, so a row without an expiry cannot be given one, or the other way round.
fn context<'a>(
    content: Content,
    key: &'a str,
    binding: &'a str,
    saved_at: &'a str,
    expires_at: Option<&'a str>,
) -> [&'a str; 5] {
    [content.labels().0, key, binding, saved_at, expires_at.unwrap_or("none")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_content_has_its_own_labels() {
        let labels: std::collections::BTreeSet<&str> =
            Content::ALL.into_iter().flat_map(|content| [content.labels().0, content.labels().1]).collect();
        assert_eq!(labels.len(), 2 * Content::ALL.len());
        for content in Content::ALL {
            assert_eq!(Content::parse(content.as_str()), Some(content));
        }
    }
}
