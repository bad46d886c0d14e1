//! The guide editions that accounts and sessions use, with their complete text.
//!
//! **Invariant:** a guide's text is stored under its digest and is never changed or deleted, so the exact guide for a
//! digest is always available.

use jiff::Timestamp;

use crate::error::StoreError;
use crate::open::Vault;
use crate::row::stamp;
use crate::writer::Writer;

/// The text of a guide edition.
#[derive(Clone, Copy, Debug)]
pub struct GuideText<'a> {
    /// The digest of `source`, which identifies the edition.
    pub digest: &'a str,
    /// The key of the guide's provider.
    pub provider: &'a str,
    /// The complete text of the guide.
    pub source: &'a str,
}

impl Vault {
    /// Returns the digest of the guide edition that a session uses for a provider. If the session is not pinned to an
    /// edition yet, stores `guide` and pins the session to it.
    pub async fn pin_guide(
        &self,
        session: i64,
        guide: GuideText<'_>,
        now: Timestamp,
    ) -> Result<String, StoreError> {
        // These reads may be stale, because a pin never changes and storing a guide a second time has no effect.
        let (pinned, stored): (Option<String>, i64) = sqlx::query_as(
            "select (select digest from pins where session_seq = $1 and provider = $2), \
             (select count(*) from guides where digest = $3)",
        )
        .bind(session)
        .bind(guide.provider)
        .bind(guide.digest)
        .fetch_one(&self.readers)
        .await?;
        if let Some(digest) = pinned {
            return Ok(digest);
        }
        if stored == 0 {
            self.store_guide(guide, now).await?;
        }
        self.insert_pin(session, guide).await
    }

    /// Returns the guide text with this digest, or `None` if the text was never stored.
    pub async fn guide_text(&self, digest: &str) -> Result<Option<String>, StoreError> {
        let text = sqlx::query_scalar("select source from guides where digest = $1")
            .bind(digest)
            .fetch_optional(&self.readers)
            .await?;
        Ok(text)
    }
}

impl Writer {
    /// Stores a guide's text, unless it is already stored.
    pub async fn store_guide(&self, guide: GuideText<'_>, now: Timestamp) -> Result<(), StoreError> {
        let insert = sqlx::query(
            "insert into guides (digest, provider, source, kept_at) values ($1, $2, $3, $4) \
             on conflict (digest) do nothing",
        );
        let insert = insert.bind(guide.digest).bind(guide.provider).bind(guide.source).bind(stamp(now));
        self.execute(insert).await?;
        Ok(())
    }

    /// Pins a session to a guide edition, whose text must already be stored. Returns the digest of the pinned edition,
    /// which differs from the digest of `guide` if another request pinned an edition first.
    async fn insert_pin(&self, session: i64, guide: GuideText<'_>) -> Result<String, StoreError> {
        // A crash may lose a pin. The next request then pins the session to the edition that is current at that time.
        let mut work = self.begin_plain().await?;
        // On a conflict, `update` changes nothing, but returns the row.
        let digest = sqlx::query_scalar(
            "insert into pins (session_seq, provider, digest) values ($1, $2, $3) \
             on conflict (session_seq, provider) do update set digest = pins.digest returning digest",
        )
        .bind(session)
        .bind(guide.provider)
        .bind(guide.digest)
        .fetch_one(work.tx())
        .await?;
        work.commit().await?;
        Ok(digest)
    }
}
