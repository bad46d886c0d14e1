//! The table that contains all sealed data except credentials. Each kind of content is handled in its own module.
//!
//! **Invariant:** a row opens only if its kind, key, binding and expiry are the same as when it was written. The
//! absence of an expiry is also checked. The first part of the associated data is the kind, so content of one kind
//! never opens as another kind.

use jiff::Timestamp;
use secret::Secret;
use sqlx::Row as _;
use strum::{EnumString, IntoStaticStr};

use crate::database::{DbConnection, DbRow};
use crate::error::StoreError;
use crate::key::{Key, KeyId};
use crate::open::Vault;
use crate::row::{optional, parsed, stamp, whole_milliseconds};
use crate::seal::DataKey;
use crate::writer::Work;

/// A kind of content. The kind's name is stored in the `kind` column and is part of the associated data, so a name must
/// never change once it has been released.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "kebab-case", const_into_str)]
pub(crate) enum Content {
    /// A flow that a person started in the terminal, bound to the guide.
    Draft,
    /// The secret fields of a connector profile, bound to its project.
    ProfileSecrets,
    /// The response to a request with an idempotency key, bound to the request.
    Answer,
    /// The snapshot of a link attempt's flow, bound to the guide.
    Snapshot,
    /// The requests and responses in a link attempt, bound to its project.
    Transcript,
    /// The secret part of a pending sign-in, bound to the link attempt.
    SignIn,
}

/// A row to write.
pub(crate) struct Item<'a> {
    pub(crate) content: Content,
    pub(crate) key: &'a str,
    /// The item that the content belongs to. The binding is stored in plain text, and the row no longer opens if the
    /// binding is changed.
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
    /// Returns the associated data for the content's data key.
    fn of_key(self, key: &str) -> [String; 2] {
        [format!("waystone/{}-key", self.into_str()), key.to_owned()]
    }

    /// Returns the row's name in errors, such as `draft acme`.
    fn name(self, key: &str) -> String {
        format!("{} {key}", self.into_str().replace('-', " "))
    }
}

impl Opened {
    /// Returns the row. `None` if it has expired.
    pub(crate) fn unless_expired(self, now: Timestamp) -> Option<Self> {
        self.expires_at.is_none_or(|expires| now < expires).then_some(self)
    }
}

impl Vault {
    /// Reads and opens a row, even if it has expired. `None` if there is no such row.
    pub(crate) async fn read_sealed(
        &self,
        content: Content,
        key: &str,
    ) -> Result<Option<Opened>, StoreError> {
        match self.find_sealed(content, key).await? {
            Some(row) => self.open_sealed_row(&row).await.map(Some),
            None => Ok(None),
        }
    }

    /// Reads a row without opening it. `None` if there is no such row.
    pub(crate) async fn find_sealed(&self, content: Content, key: &str) -> Result<Option<DbRow>, StoreError> {
        find(&mut *self.readers.acquire().await?, content, key).await
    }

    /// Opens a row.
    pub(crate) async fn open_sealed_row(&self, row: &DbRow) -> Result<Opened, StoreError> {
        let vault_key = self.key(kek(row)?).await?;
        open(row, &vault_key)
    }
}

impl Work {
    /// Reads and opens a row in the transaction, even if the row has expired. `None` if there is no such row.
    pub(crate) async fn read_sealed(
        &mut self,
        content: Content,
        key: &str,
    ) -> Result<Option<Opened>, StoreError> {
        let Some(row) = find(self.tx(), content, key).await? else { return Ok(None) };
        let vault_key = self.key_with_id(kek(&row)?)?;
        open(&row, &vault_key).map(Some)
    }

    /// Seals content with a fresh data key, and writes it to a row. Overwrites an existing row with the same kind and
    /// key.
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
                let context =
                    context(item.content, item.key, item.binding, saved_at.clone(), expires_at.clone());
                Ok((
                    data_key.wrap(self.key(), &item.content.of_key(item.key))?,
                    data_key.seal(&context, plain.expose().as_bytes())?,
                ))
            })
            .map_err(StoreError::seal(item.content.name(item.key)))?;
        let kek = self.key().id().to_string();
        sqlx::query(
            "insert into sealed (kind, key, binding, kek_id, wrapped_key, sealed, saved_at, expires_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (kind, key) do update set \
             binding = excluded.binding, kek_id = excluded.kek_id, wrapped_key = excluded.wrapped_key, \
             sealed = excluded.sealed, saved_at = excluded.saved_at, expires_at = excluded.expires_at",
        )
        .bind(item.content.into_str())
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

/// Deletes a row if it exists.
pub(crate) async fn delete(
    connection: &mut DbConnection,
    content: Content,
    key: &str,
) -> Result<(), StoreError> {
    sqlx::query("delete from sealed where kind = $1 and key = $2")
        .bind(content.into_str())
        .bind(key)
        .execute(connection)
        .await?;
    Ok(())
}

/// Rewraps a row's data key under another of the vault's keys. Leaves the content unchanged.
pub(crate) async fn rewrap(
    connection: &mut DbConnection,
    row: &DbRow,
    from: &Key,
    to: &Key,
) -> Result<(), StoreError> {
    let content: Content = parsed(row, "sealed", "kind")?;
    let key: &str = row.try_get("key")?;
    let context = content.of_key(key);
    let wrapped_key = DataKey::unwrap(from, &context, row.try_get("wrapped_key")?)
        .and_then(|data_key| data_key.wrap(to, &context))
        .map_err(StoreError::seal(content.name(key)))?;
    sqlx::query(
        "update sealed set kek_id = $3, wrapped_key = $4 where kind = $1 and key = $2 and kek_id = $5",
    )
    .bind(content.into_str())
    .bind(key)
    .bind(to.id().to_string())
    .bind(wrapped_key)
    // Skips a row that was written after the query, because its data key is already wrapped under the new key.
    .bind(from.id().to_string())
    .execute(connection)
    .await?;
    Ok(())
}

/// Opens a row.
pub(crate) fn open(row: &DbRow, vault_key: &Key) -> Result<Opened, StoreError> {
    const TABLE: &str = "sealed";
    let content: Content = parsed(row, TABLE, "kind")?;
    let (key, binding): (&str, String) = (row.try_get("key")?, row.try_get("binding")?);
    let (saved_at, expires_at) = (parsed(row, TABLE, "saved_at")?, optional(row, TABLE, "expires_at")?);
    let context = context(content, key, &binding, stamp(saved_at), expires_at.map(stamp));
    let sealed = row.try_get("sealed")?;
    let plain = DataKey::unwrap(vault_key, &content.of_key(key), row.try_get("wrapped_key")?)
        .and_then(|data_key| data_key.open(&context, sealed))
        .map_err(StoreError::seal(content.name(key)))?;
    let text = std::str::from_utf8(&plain).map_err(|_| StoreError::damaged(content.name(key)))?;
    Ok(Opened { plain: Secret::new(text), binding, saved_at, expires_at })
}

/// Returns the id of the vault key that wraps a row's data key.
pub(crate) fn kek(row: &DbRow) -> Result<KeyId, StoreError> {
    parsed(row, "sealed", "kek_id")
}

async fn find(
    connection: &mut DbConnection,
    content: Content,
    key: &str,
) -> Result<Option<DbRow>, StoreError> {
    let query = sqlx::query("select * from sealed where kind = $1 and key = $2");
    Ok(query.bind(content.into_str()).bind(key).fetch_optional(connection).await?)
}

/// Returns the associated data for a row's content. If a row has no expiry, the string `none` takes its place, so a row
/// does not open after an expiry has been added or removed.
fn context(
    content: Content,
    key: &str,
    binding: &str,
    saved_at: String,
    expires_at: Option<String>,
) -> [String; 5] {
    let label = format!("waystone/{}", content.into_str());
    [label, key.to_owned(), binding.to_owned(), saved_at, expires_at.unwrap_or_else(|| "none".to_owned())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_content_keeps_its_name() {
        for (content, name) in [
            (Content::Draft, "draft"),
            (Content::ProfileSecrets, "profile-secrets"),
            (Content::Answer, "answer"),
            (Content::Snapshot, "snapshot"),
            (Content::Transcript, "transcript"),
            (Content::SignIn, "sign-in"),
        ] {
            assert_eq!(name.parse(), Ok(content));
            assert_eq!(content.of_key("k"), [format!("waystone/{name}-key"), "k".to_owned()]);
            let context = context(content, "k", "b", "now".to_owned(), None);
            assert_eq!(context, [&format!("waystone/{name}"), "k", "b", "now", "none"]);
        }
    }
}
