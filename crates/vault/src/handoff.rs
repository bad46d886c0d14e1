//! Handoffs: steps in a link attempt that another person, such as an admin, is asked to complete.
//!
//! **Invariant:** a handoff's link accepts values once, never shows them, and expires. One transaction saves the values
//! and ends the handoff. The link's token is derived from the secret of the browser that asked for help, so that this
//! browser can show the link again although only the token's digest is stored.

use jiff::Timestamp;
use secret::Secret;
use sqlx::Row as _;

use crate::attempt::{self, Attempt};
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
    /// The secret of the browser that asks for help.
    pub secret: &'a Secret,
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
    /// The digest of the secret of the browser that submitted the values. `None` if they have not been submitted.
    pub done_by: Option<Digest>,
}

/// The values that a helper submits for a handoff.
#[derive(Clone, Copy, Debug)]
pub struct Submission<'a> {
    /// The handoff's id.
    pub handoff: &'a str,
    /// The digest of the helper's browser secret.
    pub by: &'a Digest,
    /// The snapshot of the attempt's flow, with the helper's values.
    pub snapshot: &'a Secret,
}

/// What became of a helper's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Submitted {
    /// The values were saved, and the handoff has ended.
    Saved,
    /// Values had already been submitted, so nothing was saved.
    AlreadyDone,
    /// The attempt may no longer continue or has changed since the caller read it, so nothing was saved.
    Stale,
}

impl Handoff {
    /// Returns whether the link can still be used.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.done_at.is_none() && now < self.expires_at
    }

    /// Returns the token in the link of a handoff that the browser with this secret asked for.
    pub fn token(id: &str, secret: &Secret) -> Token {
        Token::derived("wsh_", secret, id)
    }
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
    /// Hands off a step to the person who receives the token ([`Handoff::token`]). For browsers that have already entered
    /// the session, extends it until the handoff's link expires.
    pub async fn add_handoff(&self, new: &NewHandoff<'_>, now: Timestamp) -> Result<Handoff, StoreError> {
        let handoff = Handoff {
            id: id::random("hof_")?,
            attempt: new.attempt.id.clone(),
            step: new.step.to_owned(),
            fields: new.fields.to_vec(),
            created_at: whole_milliseconds(now),
            expires_at: whole_milliseconds(new.expires_at),
            done_at: None,
            done_by: None,
        };
        let token = Handoff::token(&handoff.id, new.secret);
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
        Ok(handoff)
    }

    /// Saves an attempt with the values that a helper submitted, and ends the handoff. Saves nothing unless the handoff
    /// and the attempt are still open.
    pub async fn submit_handoff(
        &self,
        submission: &Submission<'_>,
        attempt: &mut Attempt,
    ) -> Result<Submitted, StoreError> {
        let mut work = self.begin().await?;
        let done =
            sqlx::query("update handoffs set done_at = $2, done_by = $3 where id = $1 and done_at is null")
                .bind(submission.handoff.to_owned())
                .bind(stamp(attempt.updated_at))
                .bind(submission.by.bytes())
                .execute(work.tx())
                .await?;
        if done.rows_affected() == 0 {
            return Ok(Submitted::AlreadyDone);
        }
        if !attempt::save(&mut work, attempt, submission.snapshot, &[]).await? {
            return Ok(Submitted::Stale);
        }
        work.commit().await?;
        attempt.version += 1;
        Ok(Submitted::Saved)
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
        done_by: row.try_get::<Option<Vec<u8>>, _>("done_by")?.map(Digest::stored),
    })
}
