//! Handoffs: steps in a link attempt that another person, such as an admin, is asked to complete.
//!
//! **Invariant:** a handoff's link accepts values but never shows them. The link is single-use and expires.

use jiff::Timestamp;
use sqlx::Row as _;

use crate::attempt::Attempt;
use crate::database::DbRow;
use crate::error::StoreError;
use crate::id;
use crate::open::Vault;
use crate::row::{from_json, json, optional, parsed, stamp, whole_milliseconds};
use crate::token::{Digest, Token};
use crate::writer::Writer;

/// A step to hand off.
#[derive(Clone, Copy, Debug)]
pub struct NewHandoff<'a> {
    /// The link attempt that the step is part of.
    pub attempt: &'a Attempt,
    /// The key of the step in the guide.
    pub step: &'a str,
    /// The keys of the fields whose values are requested.
    pub fields: &'a [String],
    /// When the link expires.
    pub expires_at: Timestamp,
}

/// A step that was handed off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handoff {
    /// The handoff's id: `hof_` followed by 26 characters.
    pub id: String,
    /// The id of the link attempt that the step is part of.
    pub attempt: String,
    /// The key of the step in the guide.
    pub step: String,
    /// The keys of the fields whose values are requested.
    pub fields: Vec<String>,
    /// When the step was handed off.
    pub created_at: Timestamp,
    /// When the link expires.
    pub expires_at: Timestamp,
    /// When the values were submitted. `None` if the values have not been submitted.
    pub done_at: Option<Timestamp>,
}

impl Vault {
    /// Returns the handoff with this token, even if it has expired or its values were already submitted. Returns `None`
    /// if no handoff has this token.
    pub async fn handoff_by_token(&self, digest: &Digest) -> Result<Option<Handoff>, StoreError> {
        let query = sqlx::query("select * from handoffs where digest = $1").bind(digest.bytes());
        self.optional(query, handoff).await
    }

    /// Returns a link attempt's handoffs, oldest first.
    pub async fn handoffs_of(&self, attempt: &str) -> Result<Vec<Handoff>, StoreError> {
        let query = sqlx::query("select * from handoffs where attempt_id = $1 order by created_at, id");
        self.all(query.bind(attempt), handoff).await
    }
}

impl Writer {
    /// Hands off a step to the person who receives the token. For browsers that have already entered the session,
    /// extends it until the handoff's link expires.
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
        .bind(json(&handoff.fields))
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

    /// Marks a handoff's values as submitted. Returns `false` if they were already submitted.
    pub async fn end_handoff(&self, id: &str, now: Timestamp) -> Result<bool, StoreError> {
        let update = sqlx::query("update handoffs set done_at = $2 where id = $1 and done_at is null");
        Ok(self.execute(update.bind(id).bind(stamp(now))).await? == 1)
    }
}

fn handoff(row: &DbRow) -> Result<Handoff, StoreError> {
    Ok(Handoff {
        id: row.try_get("id")?,
        attempt: row.try_get("attempt_id")?,
        step: row.try_get("step")?,
        fields: from_json(row, "handoffs", "fields_json")?,
        created_at: parsed(row, "handoffs", "created_at")?,
        expires_at: parsed(row, "handoffs", "expires_at")?,
        done_at: optional(row, "handoffs", "done_at")?,
    })
}
