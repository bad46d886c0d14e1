//! Steps that were handed to somebody else: a colleague who is the admin, say.
//!
//! **Invariant:** whoever has the link can give values and see none; it is good once, and for a while.

use jiff::Timestamp;
use sqlx::Row as _;

use crate::attempt::Attempt;
use crate::database::DbRow;
use crate::error::StoreError;
use crate::id;
use crate::open::Vault;
use crate::row::{from_json, json, optional_time, stamp, time};
use crate::seal::SealError;
use crate::token::{Digest, Token};

/// A step that was handed to somebody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handoff {
    /// Its id: `hof_` and 26 characters.
    pub id: String,
    /// The attempt.
    pub attempt: String,
    /// The step of the guide.
    pub step: String,
    /// The fields that are asked for.
    pub fields: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the link ends.
    pub expires_at: Timestamp,
    /// When the values were given.
    pub done_at: Option<Timestamp>,
}

impl Vault {
    /// Hands a step of an attempt to whoever has the token. Until the link ends, the session goes on for who is in it.
    pub async fn add_handoff(
        &self,
        attempt: &Attempt,
        step: &str,
        fields: &[String],
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<(Handoff, Token), StoreError> {
        let id = id::random("hof_").map_err(SealError::Random).map_err(StoreError::seal("the new link"))?;
        let token = Token::random("wsh_")?;
        let mut work = self.begin().await?;
        sqlx::query(
            "insert into handoffs (id, digest, attempt_id, step, fields_json, created_at, expires_at) \
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(id.clone())
        .bind(token.digest().bytes())
        .bind(attempt.id.clone())
        .bind(step)
        .bind(json(fields.to_vec()))
        .bind(stamp(now))
        .bind(stamp(expires))
        .execute(work.tx())
        .await?;
        sqlx::query(
            "update sessions set goes_on_until = $2 \
             where seq = $1 and (goes_on_until is null or goes_on_until < $2)",
        )
        .bind(attempt.session)
        .bind(stamp(expires))
        .execute(work.tx())
        .await?;
        work.commit().await?;
        let handoff = Handoff {
            id,
            attempt: attempt.id.clone(),
            step: step.to_owned(),
            fields: fields.to_vec(),
            created_at: crate::row::whole_milliseconds(now),
            expires_at: crate::row::whole_milliseconds(expires),
            done_at: None,
        };
        Ok((handoff, token))
    }

    /// What the holder of a link was handed, whether or not it is still good.
    pub async fn handoff_by_token(&self, digest: &Digest) -> Result<Option<Handoff>, StoreError> {
        let row = sqlx::query(
            "select id, attempt_id, step, fields_json, created_at, expires_at, done_at from handoffs \
             where digest = $1",
        )
        .bind(digest.bytes())
        .fetch_optional(&self.readers)
        .await?;
        row.as_ref().map(handoff).transpose()
    }

    /// What was handed on of an attempt, oldest first.
    pub async fn handoffs_of(&self, attempt: &str) -> Result<Vec<Handoff>, StoreError> {
        let rows = sqlx::query(
            "select id, attempt_id, step, fields_json, created_at, expires_at, done_at from handoffs \
             where attempt_id = $1 order by created_at, id",
        )
        .bind(attempt)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(handoff).collect()
    }

    /// The values were given; `false`: they had been already.
    pub async fn end_handoff(&self, id: &str, now: Timestamp) -> Result<bool, StoreError> {
        let mut work = self.begin().await?;
        let done = sqlx::query("update handoffs set done_at = $2 where id = $1 and done_at is null")
            .bind(id)
            .bind(stamp(now))
            .execute(work.tx())
            .await?;
        work.commit().await?;
        Ok(done.rows_affected() == 1)
    }
}

fn handoff(row: &DbRow) -> Result<Handoff, StoreError> {
    Ok(Handoff {
        id: row.try_get("id")?,
        attempt: row.try_get("attempt_id")?,
        step: row.try_get("step")?,
        fields: from_json(row, "handoffs", "fields_json")?,
        created_at: time(row, "handoffs", "created_at")?,
        expires_at: time(row, "handoffs", "expires_at")?,
        done_at: optional_time(row, "handoffs", "done_at")?,
    })
}
