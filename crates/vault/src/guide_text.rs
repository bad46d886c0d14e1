//! The texts of guides that accounts and sessions were made with.
//!
//! **Invariant:** a text is kept under its digest and never changes; so whatever names a digest can always show the
//! exact guide.

use jiff::Timestamp;

use crate::database::DbConnection;
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
        insert(work.tx(), digest, provider, source, now).await?;
        work.commit().await
    }

    /// The digest of the guide with which a session began to link a provider; from now on this one, if it had not
    /// begun. Its text is kept.
    pub async fn pin_guide(
        &self,
        session: i64,
        digest: &str,
        provider: &str,
        source: &str,
        now: Timestamp,
    ) -> Result<String, StoreError> {
        let pinned = |session| {
            sqlx::query_scalar::<_, String>(
                "select digest from pins where session_seq = $1 and provider = $2",
            )
            .bind(session)
            .bind(provider.to_owned())
        };
        if let Some(digest) = pinned(session).fetch_optional(&self.readers).await? {
            return Ok(digest);
        }
        let known =
            sqlx::query_scalar::<_, i64>("select count(*) from guides where digest = $1").bind(digest);
        let mut work = if known.fetch_one(&self.readers).await? == 0 {
            let mut work = self.begin().await?;
            insert(work.tx(), digest, provider, source, now).await?;
            work
        } else {
            // A session that forgets it takes the guide of that moment; the text is there for whatever names it.
            self.begin_unsynced().await?
        };
        sqlx::query(
            "insert into pins (session_seq, provider, digest) values ($1, $2, $3) on conflict do nothing",
        )
        .bind(session)
        .bind(provider)
        .bind(digest)
        .execute(work.tx())
        .await?;
        let digest = pinned(session).fetch_one(work.tx()).await?;
        work.commit().await?;
        Ok(digest)
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

async fn insert(
    connection: &mut DbConnection,
    digest: &str,
    provider: &str,
    source: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into guides (digest, provider, source, kept_at) values ($1, $2, $3, $4) \
         on conflict (digest) do nothing",
    )
    .bind(digest)
    .bind(provider)
    .bind(source)
    .bind(stamp(now))
    .execute(connection)
    .await?;
    Ok(())
}
