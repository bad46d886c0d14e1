//! Link attempts. An attempt records a person's progress in linking an account, along with the requests sent to the
//! provider and their responses.
//!
//! **Invariant:** the entered values and the transcript are sealed, and are written in the same transaction as the
//! state. If two changes to an attempt are made concurrently, the second is refused. An attempt never changes after it
//! has ended, and it ends when it may no longer continue (`permit.rs`).

use jiff::Timestamp;
use secret::Secret;
use serde_json::Value;
use sqlx::Row as _;
use strum::{EnumString, IntoStaticStr};

use crate::account::Account;
use crate::audit::{self, Subject};
use crate::by::By;
use crate::crash::crash_point;
use crate::database::{DbConnection, DbRow};
use crate::error::{ChangeError, StoreError};
use crate::id;
use crate::open::Vault;
use crate::permit::{AttemptRef, may_continue};
use crate::row::{failure, from_json, json, parsed, stamp};
use crate::sealed::{self, Content, Item};
use crate::writer::{Work, Writer};

/// The maximum number of lines in a transcript. Older lines are dropped.
const MAX_LINES: usize = 200;

/// The state of a link attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum AttemptState {
    /// The person is filling in the form.
    Open,
    /// Checks are running.
    Checking,
    /// The person is signing in on the provider's site.
    Away,
    /// Checks failed.
    Refused,
    /// The person has to confirm the account that was found.
    Confirming,
    /// The account is stored.
    Linked,
    /// The attempt was canceled.
    Cancelled,
}

/// A link attempt.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The attempt's id: `att_` followed by 26 characters. The id is not secret, because it grants no access without
    /// the session.
    pub id: String,
    /// The number of the attempt's session.
    pub session: i64,
    /// The id of the session's project.
    pub project: String,
    /// The id of the connector profile: `cpr_…`, or `provider.method`.
    pub connector_profile: String,
    /// The key of the provider.
    pub provider: String,
    /// The key of the method used to link the account.
    pub method: String,
    /// The digest of the guide that the attempt follows.
    pub guide_digest: String,
    /// The id of the account that the attempt is editing or has created. `None` until the attempt creates its account.
    pub account: Option<String>,
    /// The current state of the attempt.
    pub state: AttemptState,
    /// The last failure: its outcome, and the message that the person saw. `None` if nothing has failed.
    pub error: Option<(String, String)>,
    /// The progress of running checks, in a format chosen by the caller.
    pub progress: Value,
    /// The number of times the attempt has been saved. A new attempt has version 0, even after it has been registered.
    pub version: i64,
    /// When the attempt started.
    pub created_at: Timestamp,
    /// When the attempt last changed.
    pub updated_at: Timestamp,
    /// When the attempt expires.
    pub expires_at: Timestamp,
}

impl AttemptState {
    /// Returns the state's name in the API and the database, such as `open`.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Returns whether the attempt has ended. An attempt that has ended can no longer change.
    pub fn has_ended(self) -> bool {
        matches!(self, Self::Linked | Self::Cancelled)
    }
}

impl Attempt {
    pub(crate) fn as_ref(&self) -> AttemptRef<'_> {
        AttemptRef { id: &self.id, session: self.session, account: self.account.as_deref() }
    }
}

impl Vault {
    /// Returns whether an attempt may continue. It may not if it has ended, if its session has ended, expired or been
    /// deleted, or if the account that it edits has been deleted, given to another owner, suspended or archived.
    pub async fn attempt_may_continue(&self, attempt: &Attempt, now: Timestamp) -> Result<bool, StoreError> {
        may_continue(&mut *self.readers.acquire().await?, attempt.as_ref(), now).await
    }

    /// Creates a random id for a link attempt.
    pub fn attempt_id() -> Result<String, StoreError> {
        Ok(id::random("att_")?)
    }

    /// Returns the link attempt with this id, or `None` if there is no such attempt.
    pub async fn attempt(&self, id: &str) -> Result<Option<Attempt>, StoreError> {
        self.optional(sqlx::query("select * from attempts where id = $1").bind(id), attempt).await
    }

    /// Returns the session's latest attempt to link an account with a connector profile, or `None` if there is no such
    /// attempt.
    pub async fn attempt_of(
        &self,
        session: i64,
        connector_profile: &str,
    ) -> Result<Option<Attempt>, StoreError> {
        let query = sqlx::query(
            "select * from attempts where session_seq = $1 and connector_profile_id = $2 \
             order by created_at desc, id desc limit 1",
        );
        self.optional(query.bind(session).bind(connector_profile), attempt).await
    }

    /// Returns the session's attempt that linked an account most recently, or `None` if there is no such attempt.
    pub async fn linked_attempt_of(&self, session: i64) -> Result<Option<Attempt>, StoreError> {
        let query = sqlx::query(
            "select * from attempts where session_seq = $1 and state = 'linked' \
             order by updated_at desc, id desc limit 1",
        );
        self.optional(query.bind(session), attempt).await
    }

    /// Returns the snapshot of an attempt's flow, or `None` if the attempt has ended or expired.
    pub async fn attempt_snapshot(
        &self,
        attempt: &Attempt,
        now: Timestamp,
    ) -> Result<Option<Secret>, StoreError> {
        let opened = self.read_sealed(Content::Snapshot, &attempt.id).await?;
        Ok(opened.and_then(|opened| opened.unless_expired(now)).map(|opened| opened.plain))
    }

    /// Returns an attempt's most recent requests and responses, oldest first, without field values.
    pub async fn attempt_transcript(&self, attempt: &Attempt) -> Result<Vec<Value>, StoreError> {
        let opened = self.read_sealed(Content::Transcript, &attempt.id).await?;
        opened.map_or(Ok(Vec::new()), |opened| lines(&attempt.id, &opened.plain))
    }
}

impl Writer {
    /// Registers a new attempt before its first check, without its flow and without waiting for the disk: if the process
    /// dies, the attempt has ended. Deleting the owner's account at the provider also cancels this attempt, which keeps
    /// version 0, as if it had not been saved.
    pub async fn register_attempt(&self, attempt: &Attempt) -> Result<(), StoreError> {
        let mut work = self.begin_plain().await?;
        insert(work.tx(), attempt, 0).await?;
        work.commit().await
    }

    /// Saves an attempt with the snapshot of its flow, and appends to its transcript. Saves nothing and returns `false`
    /// if the attempt may no longer continue or has changed since the caller read it.
    pub async fn save_attempt(
        &self,
        attempt: &mut Attempt,
        snapshot: &Secret,
        new_lines: &[Value],
    ) -> Result<bool, StoreError> {
        let mut work = self.begin().await?;
        if !save(&mut work, attempt, snapshot, new_lines).await? {
            return Ok(false);
        }
        work.commit().await?;
        attempt.version += 1;
        Ok(true)
    }

    /// Saves the progress of running checks.
    pub async fn save_progress(&self, id: &str, progress: &Value) -> Result<(), StoreError> {
        let mut work = self.begin_unsynced().await?;
        sqlx::query("update attempts set progress_json = $2 where id = $1 and state = 'checking'")
            .bind(id)
            .bind(json(progress))
            .execute(work.tx())
            .await?;
        work.commit().await
    }
}

/// Saves an attempt in a transaction, as [`Writer::save_attempt`] does. Returns `false` if the attempt may no longer
/// continue or has changed since the caller read it; the transaction must then be rolled back.
pub(crate) async fn save(
    work: &mut Work,
    attempt: &Attempt,
    snapshot: &Secret,
    new_lines: &[Value],
) -> Result<bool, StoreError> {
    if !work.hold_attempt(attempt.as_ref(), attempt.updated_at).await? {
        return Ok(false);
    }
    record_failure(work, attempt, new_lines).await?;
    let is_saved = match attempt.version {
        0 => insert(work.tx(), attempt, 1).await?,
        _ => update(work.tx(), attempt).await?,
    };
    if !is_saved {
        return Ok(false);
    }
    crash_point("vault.attempt-saved");
    if attempt.state.has_ended() {
        sealed::delete(work.tx(), Content::Snapshot, &attempt.id).await?;
    } else {
        let item = Item {
            content: Content::Snapshot,
            key: &attempt.id,
            binding: &attempt.guide_digest,
            expires_at: Some(attempt.expires_at),
        };
        work.write_sealed(&item, snapshot, attempt.updated_at).await?;
    }
    append(work, attempt, new_lines, attempt.updated_at).await?;
    Ok(true)
}

/// Records a failed attempt in the audit trail. The attempt is saved again while the person looks at the failure, so this
/// records the failure only if it is new: requests were sent, or the attempt had not failed before.
async fn record_failure(work: &mut Work, attempt: &Attempt, new_lines: &[Value]) -> Result<(), StoreError> {
    let (AttemptState::Refused, Some((outcome, _))) = (attempt.state, &attempt.error) else { return Ok(()) };
    let before: Option<String> = sqlx::query_scalar("select state from attempts where id = $1")
        .bind(attempt.id.as_str())
        .fetch_optional(work.tx())
        .await?;
    if new_lines.is_empty() && before.as_deref() == Some(attempt.state.as_str()) {
        return Ok(());
    }
    let owner: Option<String> = sqlx::query_scalar("select owner_id from sessions where seq = $1")
        .bind(attempt.session)
        .fetch_optional(work.tx())
        .await?;
    let Attempt { provider, method, .. } = attempt;
    let detail = format!("{provider}.{method} for {}", owner.unwrap_or_default());
    let actor = format!("session:{}", attempt.session);
    let by = By::new(&actor, attempt.updated_at);
    let AttemptRef { id, account, .. } = attempt.as_ref();
    let subject = Subject::Attempt { id, project: &attempt.project, account, outcome };
    audit::write(work.tx(), "link_attempt.failed", subject, Some(&detail), by).await
}

/// Ends an attempt in the transaction that stores its account. Fails if the attempt has already ended.
pub(crate) async fn end_linked(
    work: &mut Work,
    attempt: &Attempt,
    new_lines: &[Value],
    account: &Account,
) -> Result<(), ChangeError> {
    let ended_at = account.updated_at;
    let is_ended = if attempt.version == 0 {
        let (state, account) = (AttemptState::Linked, Some(account.id.to_string()));
        let ended = Attempt { state, account, error: None, updated_at: ended_at, ..attempt.clone() };
        insert(work.tx(), &ended, 1).await?
    } else {
        sealed::delete(work.tx(), Content::Snapshot, &attempt.id).await?;
        let done = sqlx::query(
            "update attempts set state = 'linked', account_id = $2, updated_at = $3, error_code = null, \
             error_text = null, version = version + 1 where id = $1 and state not in ('linked', 'cancelled')",
        )
        .bind(attempt.id.as_str())
        .bind(account.id.as_str())
        .bind(stamp(ended_at))
        .execute(work.tx())
        .await?;
        done.rows_affected() != 0
    };
    if !is_ended {
        return Err(ChangeError::AttemptEnded { id: attempt.id.clone() });
    }
    crash_point("vault.attempt-ended");
    Ok(append(work, attempt, new_lines, ended_at).await?)
}

/// Appends lines to an attempt's transcript. The attempt's row must already be written in the same transaction. The
/// transcript is kept until the attempt is deleted.
async fn append(
    work: &mut Work,
    attempt: &Attempt,
    new_lines: &[Value],
    now: Timestamp,
) -> Result<(), StoreError> {
    if new_lines.is_empty() {
        return Ok(());
    }
    let opened = match attempt.version {
        0 => None,
        _ => work.read_sealed(Content::Transcript, &attempt.id).await?,
    };
    let mut all = opened.map_or(Ok(Vec::new()), |opened| lines(&attempt.id, &opened.plain))?;
    all.extend_from_slice(new_lines);
    all.drain(..all.len().saturating_sub(MAX_LINES));
    let item =
        Item { content: Content::Transcript, key: &attempt.id, binding: &attempt.project, expires_at: None };
    work.write_sealed(&item, &Secret::new(json(all)), now).await
}

fn lines(id: &str, plain: &Secret) -> Result<Vec<Value>, StoreError> {
    serde_json::from_str(plain.expose())
        .map_err(|_| StoreError::damaged(format!("the transcript of link attempt {id}")))
}

/// Inserts an attempt with a version. If the attempt has been registered, updates it instead. Returns `false` if the
/// attempt has ended or has been saved.
async fn insert(connection: &mut DbConnection, new: &Attempt, version: i64) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "insert into attempts (id, session_seq, project_id, connector_profile_id, provider, method, guide_digest, \
         account_id, state, error_code, error_text, version, created_at, updated_at, expires_at, progress_json) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) \
         on conflict (id) do update set account_id = excluded.account_id, state = excluded.state, \
         error_code = excluded.error_code, error_text = excluded.error_text, version = excluded.version, \
         updated_at = excluded.updated_at, progress_json = excluded.progress_json \
         where attempts.version = 0 and attempts.state not in ('linked', 'cancelled')",
    )
    .bind(new.id.clone())
    .bind(new.session)
    .bind(new.project.clone())
    .bind(new.connector_profile.clone())
    .bind(new.provider.clone())
    .bind(new.method.clone())
    .bind(new.guide_digest.clone())
    .bind(new.account.clone())
    .bind(new.state.as_str())
    .bind(new.error.as_ref().map(|(code, _)| code.clone()))
    .bind(new.error.as_ref().map(|(_, text)| text.clone()))
    .bind(version)
    .bind(stamp(new.created_at))
    .bind(stamp(new.updated_at))
    .bind(stamp(new.expires_at))
    .bind(json(&new.progress))
    .execute(connection)
    .await?;
    Ok(done.rows_affected() != 0)
}

/// Updates an attempt. Returns `false` if the attempt has ended or has changed since the caller read it.
async fn update(connection: &mut DbConnection, attempt: &Attempt) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "update attempts set state = $3, error_code = $4, error_text = $5, account_id = $6, updated_at = $7, \
         progress_json = $8, expires_at = $9, version = version + 1 \
         where id = $1 and version = $2 and state not in ('linked', 'cancelled')",
    )
    .bind(attempt.id.clone())
    .bind(attempt.version)
    .bind(attempt.state.as_str())
    .bind(attempt.error.as_ref().map(|(code, _)| code.clone()))
    .bind(attempt.error.as_ref().map(|(_, text)| text.clone()))
    .bind(attempt.account.clone())
    .bind(stamp(attempt.updated_at))
    .bind(json(&attempt.progress))
    .bind(stamp(attempt.expires_at))
    .execute(connection)
    .await?;
    Ok(done.rows_affected() != 0)
}

fn attempt(row: &DbRow) -> Result<Attempt, StoreError> {
    const TABLE: &str = "attempts";
    Ok(Attempt {
        id: row.try_get("id")?,
        session: row.try_get("session_seq")?,
        project: row.try_get("project_id")?,
        connector_profile: row.try_get("connector_profile_id")?,
        provider: row.try_get("provider")?,
        method: row.try_get("method")?,
        guide_digest: row.try_get("guide_digest")?,
        account: row.try_get("account_id")?,
        state: parsed(row, TABLE, "state")?,
        error: failure(row)?,
        progress: from_json(row, TABLE, "progress_json")?,
        version: row.try_get("version")?,
        created_at: parsed(row, TABLE, "created_at")?,
        updated_at: parsed(row, TABLE, "updated_at")?,
        expires_at: parsed(row, TABLE, "expires_at")?,
    })
}
