//! Requests that are answered once, and alike when they are repeated.
//!
//! **Invariant:** of several requests with one key, one does the work; the answer may hold a token, so it is kept
//! under seal. Whoever uses a key for another request is told.

use jiff::{Timestamp, ToSpan as _};
use secret::Secret;
use sqlx::Row as _;

use crate::error::StoreError;
use crate::open::Vault;
use crate::row::stamp;
use crate::token::Digest;

/// How long a request may be under way before somebody else may take it over, in seconds.
const STALE: i64 = 60;

/// What becomes of a request with a key.
#[derive(Debug)]
pub enum Once {
    /// It is the first: do the work.
    First,
    /// It was answered so.
    Answered {
        /// The status.
        status: u16,
        /// The body.
        body: Secret,
    },
    /// It is under way.
    UnderWay,
    /// The key was used for something else.
    Other,
}

impl Vault {
    /// Begins a request with a key. `request` is a digest of what makes it what it is.
    pub async fn begin_once(
        &self,
        project: &str,
        key: &str,
        request: &Digest,
        now: Timestamp,
    ) -> Result<Once, StoreError> {
        let mut work = self.begin().await?;
        work.hold("idempotency", &format!("{project}/{key}")).await?;
        let row = sqlx::query(
            "select digest, status, created_at, expires_at from idempotency where project_id = $1 and idem_key = $2",
        )
        .bind(project)
        .bind(key)
        .fetch_optional(work.tx())
        .await?;
        if let Some(row) = row {
            let expires = crate::row::time(&row, "idempotency", "expires_at")?;
            let began = crate::row::time(&row, "idempotency", "created_at")?;
            let status: i64 = row.try_get("status")?;
            let stale = status == 0 && began.as_second() + STALE < now.as_second();
            if now < expires && !stale {
                if !request.is(&row.try_get::<Vec<u8>, _>("digest")?) {
                    return Ok(Once::Other);
                }
                if status == 0 {
                    return Ok(Once::UnderWay);
                }
                drop(work);
                let Some(draft) = self.load_draft(&draft_key(project, key), now).await? else {
                    return Ok(Once::UnderWay);
                };
                let status = u16::try_from(status).unwrap_or(500);
                return Ok(Once::Answered { status, body: draft.snapshot });
            }
        }
        let expires = now.saturating_add(24.hours()).unwrap_or(now);
        sqlx::query(
            "insert into idempotency (project_id, idem_key, digest, status, created_at, expires_at) \
             values ($1, $2, $3, 0, $4, $5) on conflict (project_id, idem_key) do update set \
             digest = excluded.digest, status = 0, created_at = excluded.created_at, expires_at = excluded.expires_at",
        )
        .bind(project)
        .bind(key)
        .bind(request.bytes())
        .bind(stamp(now))
        .bind(stamp(expires))
        .execute(work.tx())
        .await?;
        work.commit().await?;
        Ok(Once::First)
    }

    /// Keeps the answer; or, with none, lets the request be made anew.
    pub async fn end_once(
        &self,
        project: &str,
        key: &str,
        answer: Option<(u16, &Secret)>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut work = self.begin().await?;
        match answer {
            Some((status, body)) => {
                sqlx::query("update idempotency set status = $3 where project_id = $1 and idem_key = $2")
                    .bind(project)
                    .bind(key)
                    .bind(i64::from(status))
                    .execute(work.tx())
                    .await?;
                let expires = now.saturating_add(24.hours()).unwrap_or(now);
                crate::draft::write(&mut work, &draft_key(project, key), "", body, now, expires).await?;
            }
            None => {
                sqlx::query("delete from idempotency where project_id = $1 and idem_key = $2")
                    .bind(project)
                    .bind(key)
                    .execute(work.tx())
                    .await?;
            }
        }
        work.commit().await
    }

    /// Forgets what is past its time.
    pub async fn forget_once(&self, now: Timestamp) -> Result<u64, StoreError> {
        let mut work = self.begin().await?;
        let done = sqlx::query("delete from idempotency where expires_at <= $1")
            .bind(stamp(now))
            .execute(work.tx())
            .await?;
        work.commit().await?;
        Ok(done.rows_affected())
    }
}

fn draft_key(project: &str, key: &str) -> String {
    format!("once/{project}/{key}")
}
