//! Steps of a link attempt that were handed off to another person, such as an admin.
//!
//! **Invariant:** the link of a handoff accepts values and shows none. It works once, until it expires.

use jiff::Timestamp;
use sqlx::Row as _;

use crate::attempt::Attempt;
use crate::database::DbRow;
use crate::error::StoreError;
use crate::id;
use crate::open::Vault;
use crate::row::{from_json, json, optional_time, stamp, time, whole_milliseconds};
use crate::token::{Digest, Token};
use crate::writer::Writer;

/// A step to hand off.
#[derive(Clone, Copy, Debug)]
pub struct NewHandoff<'a> {
    /// The link attempt.
    pub attempt: &'a Attempt,
    /// The key of the step in the guide.
    pub step: &'a str,
    /// The keys of the fields to ask for.
    pub fields: &'a [String],
    /// When the link expires.
    pub expires_at: Timestamp,
}

/// A step that was handed off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handoff {
    /// The handoff's id: `hof_` and 26 characters.
    pub id: String,
    /// The id of the link attempt.
    pub attempt: String,
    /// The key of the step in the guide.
    pub step: String,
    /// The keys of the fields that are asked for.
    pub fields: Vec<String>,
    /// When the step was handed off.
    pub created_at: Timestamp,
    /// When the link expires.
    pub expires_at: Timestamp,
    /// When the values were submitted. `None` while they are missing.
    pub done_at: Option<Timestamp>,
}

/// The columns that [`handoff`] reads.
macro_rules! handoff_columns {
    () => {
        "id, attempt_id, step, fields_json, created_at, expires_at, done_at"
    };
}

impl Vault {
    /// The handoff with this token, whether or not it has expired or is done.
    pub async fn handoff_by_token(&self, digest: &Digest) -> Result<Option<Handoff>, StoreError> {
        let row = sqlx::query(concat!("select ", handoff_columns!(), " from handoffs where digest = $1"))
            .bind(digest.bytes())
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(handoff).transpose()
    }

    /// The handoffs of a link attempt, oldest first.
    pub async fn handoffs_of(&self, attempt: &str) -> Result<Vec<Handoff>, StoreError> {
        let rows = sqlx::query(concat!(
            "select ",
            handoff_columns!(),
            " from handoffs where attempt_id = $1 order by created_at, id"
        ))
        .bind(attempt)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(handoff).collect()
    }
}

impl Writer {
    /// Hands off a step to the person who receives the token. Browsers that are already in the session may continue
    /// until the link expires.
    pub async fn add_handoff(
        &self,
        new: &NewHandoff<'_>,
        now: Timestamp,
    ) -> Result<(Handoff, Token), StoreError> {
        let token = Token::random("wsh_")?;
        let handoff = Handoff {
            id: id::random("hof_")?,
            attempt: new.attempt.id.clone(),
            step: new.step.to_owned(),
            fields: new.fields.to_vec(),
            created_at: whole_milliseconds(now),
            expires_at: whole_milliseconds(new.expires_at),
            done_at: None,
        };
        let mut work = self.begin().await?;
        sqlx::query(
            "insert into handoffs (id, digest, attempt_id, step, fields_json, created_at, expires_at) \
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(handoff.id.clone())
        .bind(token.digest().bytes())
        .bind(handoff.attempt.clone())
        .bind(handoff.step.clone())
        .bind(json(handoff.fields.clone()))
        .bind(stamp(handoff.created_at))
        .bind(stamp(handoff.expires_at))
        .execute(work.tx())
        .await?;
        sqlx::query(
            "update sessions set extended_until = $2 \
             where seq = $1 and (extended_until is null or extended_until < $2)",
        )
        .bind(new.attempt.session)
        .bind(stamp(handoff.expires_at))
        .execute(work.tx())
        .await?;
        work.commit().await?;
        Ok((handoff, token))
    }

    /// Marks the values of a handoff as submitted. `false` if they already were.
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
