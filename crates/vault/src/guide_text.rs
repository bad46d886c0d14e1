//! The texts of guides that accounts and sessions were made with.
//!
//! **Invariant:** a text is kept under its digest and never changes; so whatever names a digest can always show the
//! exact guide.

use jiff::Timestamp;

use crate::error::StoreError;
use crate::open::Vault;
use crate::row::stamp;

impl Vault {
    /// Keeps a guide's text, unless it is there. `digest` is that of the text.
    pub async fn keep_guide(
        &self,
        digest: &str,
        provider: &str,
        source: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut work = self.begin().await?;
        sqlx::query(
            "insert into guides (digest, provider, source, kept_at) values ($1, $2, $3, $4) \
             on conflict (digest) do nothing",
        )
        .bind(digest)
        .bind(provider)
        .bind(source)
        .bind(stamp(now))
        .execute(work.tx())
        .await?;
        work.commit().await
    }

    /// The text with a digest, if it was kept.
    pub async fn guide_text(&self, digest: &str) -> Result<Option<String>, StoreError> {
        let text = sqlx::query_scalar("select source from guides where digest = $1")
            .bind(digest)
            .fetch_optional(&self.readers)
            .await?;
        Ok(text)
    }
}
