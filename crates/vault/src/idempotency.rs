//! Requests with an idempotency key: a repeated request gets the response to the first request.
//!
//! **Invariant:** if several requests have the same key, only one is carried out. An idempotency key belongs to the API
//! key that used it: requests with different API keys never share a response. A response may contain a token, so
//! responses are sealed. A different request that reuses a key is refused.

use jiff::{Timestamp, ToSpan as _};
use secret::Secret;
use sqlx::Row as _;

use crate::error::StoreError;
use crate::row::{parsed, stamp};
use crate::sealed::{Content, Item};
use crate::token::Digest;
use crate::writer::Writer;

/// The number of seconds after which an unfinished request counts as lost and a repeated request is carried out.
const STALE: i64 = 60;

/// How to handle a request that has an idempotency key.
#[derive(Debug)]
pub enum Idempotency {
    /// The request is the first with this key. Carry it out.
    First,
    /// The request was already carried out. Send the stored response again.
    Answered {
        /// The response's HTTP status.
        status: u16,
        /// The response body.
        body: Secret,
    },
    /// The first request is still under way.
    UnderWay,
    /// The key was used for a different request.
    Reused,
}

impl Writer {
    /// Starts a request with an idempotency key. `api_key` is the id of the API key that makes the request, and
    /// `request` is a digest of everything that distinguishes the request from others.
    pub async fn begin_idempotent(
        &self,
        api_key: &str,
        key: &str,
        request: &Digest,
        now: Timestamp,
    ) -> Result<Idempotency, StoreError> {
        const TABLE: &str = "idempotency";
        let sealed_key = sealed_key(api_key, key);
        let mut work = self.begin().await?;
        work.hold(TABLE, &sealed_key).await?;
        let row = sqlx::query(
            "select digest, status, created_at, expires_at from idempotency where api_key_id = $1 and idem_key = $2",
        )
        .bind(api_key)
        .bind(key)
        .fetch_optional(work.tx())
        .await?;
        if let Some(row) = row {
            let began: Timestamp = parsed(&row, TABLE, "created_at")?;
            let expires: Timestamp = parsed(&row, TABLE, "expires_at")?;
            let status: i64 = row.try_get("status")?;
            let is_stale = status == 0 && began.as_second() + STALE < now.as_second();
            if now < expires && !is_stale {
                if !request.is(&row.try_get::<Vec<u8>, _>("digest")?) {
                    return Ok(Idempotency::Reused);
                }
                if status == 0 {
                    return Ok(Idempotency::UnderWay);
                }
                let opened = work.read_sealed(Content::Answer, &sealed_key).await?;
                let opened = opened.and_then(|opened| opened.unless_expired(now));
                let Some(opened) = opened.filter(|opened| opened.binding == hex::encode(request.bytes()))
                else {
                    return Ok(Idempotency::UnderWay);
                };
                let status = u16::try_from(status).unwrap_or(500);
                return Ok(Idempotency::Answered { status, body: opened.plain });
            }
        }
        sqlx::query(
            "insert into idempotency (api_key_id, idem_key, digest, status, created_at, expires_at) \
             values ($1, $2, $3, 0, $4, $5) on conflict (api_key_id, idem_key) do update set \
             digest = excluded.digest, status = 0, created_at = excluded.created_at, expires_at = excluded.expires_at",
        )
        .bind(api_key)
        .bind(key)
        .bind(request.bytes())
        .bind(stamp(now))
        .bind(stamp(in_a_day(now)))
        .execute(work.tx())
        .await?;
        work.commit().await?;
        Ok(Idempotency::First)
    }

    /// Completes the first request with an idempotency key by storing the response's status and body for a day. If
    /// `answer` is `None`, deletes the key, so that the request can be made again.
    pub async fn end_idempotent(
        &self,
        api_key: &str,
        key: &str,
        answer: Option<(u16, &Secret)>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut work = self.begin().await?;
        match answer {
            Some((status, body)) => {
                let request: Option<Vec<u8>> = sqlx::query_scalar(
                    "update idempotency set status = $3 where api_key_id = $1 and idem_key = $2 returning digest",
                )
                .bind(api_key)
                .bind(key)
                .bind(i64::from(status))
                .fetch_optional(work.tx())
                .await?;
                // If the row no longer exists, the key has expired, so the response is not needed.
                let Some(request) = request else { return Ok(()) };
                let item = Item {
                    content: Content::Answer,
                    key: &sealed_key(api_key, key),
                    binding: &hex::encode(request),
                    expires_at: Some(in_a_day(now)),
                };
                work.write_sealed(&item, body, now).await?;
            }
            None => {
                sqlx::query("delete from idempotency where api_key_id = $1 and idem_key = $2")
                    .bind(api_key)
                    .bind(key)
                    .execute(work.tx())
                    .await?;
            }
        }
        work.commit().await
    }
}

/// Returns the key under which the response is sealed. API key ids do not contain slashes, so each combination of API
/// key and idempotency key produces a different result.
fn sealed_key(api_key: &str, key: &str) -> String {
    format!("{api_key}/{key}")
}

fn in_a_day(now: Timestamp) -> Timestamp {
    now.saturating_add(24.hours()).unwrap_or(now)
}
