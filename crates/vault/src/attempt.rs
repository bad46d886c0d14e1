//! Attempts to link: where a person stands in a session, and what was asked and answered.
//!
//! **Invariant:** what was typed lies in the attempt's draft, under seal, and is written in the same transaction as
//! the state; the transcript holds no values. Of two who change an attempt at once, one is told to look again. An
//! attempt that is over stays over.

use jiff::Timestamp;
use secret::Secret;
use sqlx::Row as _;

use crate::crash::crash_point;
use crate::database::{DbConnection, DbRow};
use crate::draft;
use crate::error::{ChangeError, StoreError};
use crate::id::{self, AccountId};
use crate::open::Vault;
use crate::row::{damaged, from_json, json, stamp, time, whole_milliseconds};
use crate::seal::SealError;

/// Where an attempt stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptState {
    /// The form is being filled in.
    Open,
    /// Checks are being made.
    Checking,
    /// The person is at the provider.
    Away,
    /// Checks failed.
    Refused,
    /// The account found is to be confirmed.
    Confirming,
    /// The account is stored.
    Linked,
    /// It was given up.
    Cancelled,
}

/// An attempt.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Its id: `att_` and 26 characters. Not a secret, and of no use without the session.
    pub id: String,
    /// The number of the session.
    pub session: i64,
    /// The project.
    pub project: String,
    /// The connector configuration.
    pub connector_profile: String,
    /// The key of the provider.
    pub provider: String,
    /// The key of the method.
    pub method: String,
    /// Which state of the guide is followed.
    pub guide_digest: String,
    /// The account that is edited, or that was made.
    pub account: Option<String>,
    /// Where it stands.
    pub state: AttemptState,
    /// The last failure: its kind, and what the person was told.
    pub error: Option<(String, String)>,
    /// How the checks stand that are under way; the caller knows what it means.
    pub progress: serde_json::Value,
    /// What was asked and answered, without values.
    pub transcript: Vec<serde_json::Value>,
    /// Counts its changes; 0 until it is kept.
    pub version: i64,
    /// When it began.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl AttemptState {
    /// All of them.
    const ALL: [Self; 7] = [
        Self::Open,
        Self::Checking,
        Self::Away,
        Self::Refused,
        Self::Confirming,
        Self::Linked,
        Self::Cancelled,
    ];

    /// In one word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Checking => "checking",
            Self::Away => "away",
            Self::Refused => "refused",
            Self::Confirming => "confirming",
            Self::Linked => "linked",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing more happens.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Linked | Self::Cancelled)
    }
}

impl Attempt {
    /// The key of the draft that holds what was typed.
    pub fn draft_key(&self) -> String {
        draft_key(&self.id)
    }
}

/// The columns that [`attempt`] reads.
macro_rules! attempt_columns {
    () => {
        "id, session_seq, project_id, connector_profile_id, provider, method, guide_digest, account_id, state, error_code, \
         error_text, transcript_json, version, created_at, updated_at, expires_at, progress_json"
    };
}

impl Vault {
    /// A fresh id for an attempt.
    pub fn attempt_id() -> Result<String, StoreError> {
        id::random("att_").map_err(SealError::Random).map_err(StoreError::seal("the new attempt"))
    }

    /// Keeps an attempt as it stands now, with the snapshot of its flow. `false`: it was changed by somebody else
    /// since it was read, or is over; nothing was kept.
    pub async fn save_attempt(&self, attempt: &mut Attempt, snapshot: &Secret) -> Result<bool, StoreError> {
        let mut work = self.begin().await?;
        if attempt.version == 0 {
            insert(work.tx(), attempt).await?;
        } else if !update(work.tx(), attempt).await? {
            return Ok(false);
        }
        crash_point("vault.attempt-saved");
        if attempt.state.is_over() {
            draft::delete(work.tx(), &attempt.draft_key()).await?;
        } else {
            let (now, ends) = (attempt.updated_at, attempt.expires_at);
            let (key, digest) = (attempt.draft_key(), attempt.guide_digest.clone());
            draft::write(&mut work, &key, &digest, snapshot, now, ends).await?;
        }
        work.commit().await?;
        attempt.version += 1;
        Ok(true)
    }

    /// Keeps how the checks stand that are under way.
    pub async fn save_progress(&self, id: &str, progress: &serde_json::Value) -> Result<(), StoreError> {
        let mut work = self.begin_unsynced().await?;
        sqlx::query("update attempts set progress_json = $2 where id = $1 and state = 'checking'")
            .bind(id)
            .bind(json(progress.clone()))
            .execute(work.tx())
            .await?;
        work.commit().await
    }

    /// The attempt with an id.
    pub async fn attempt(&self, id: &str) -> Result<Option<Attempt>, StoreError> {
        let row = sqlx::query(concat!("select ", attempt_columns!(), " from attempts where id = $1"))
            .bind(id)
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(attempt).transpose()
    }

    /// The latest attempt of a session with a configuration.
    pub async fn attempt_of(
        &self,
        session: i64,
        connector_profile: &str,
    ) -> Result<Option<Attempt>, StoreError> {
        let row = sqlx::query(concat!(
            "select ",
            attempt_columns!(),
            " from attempts where session_seq = $1 and connector_profile_id = $2 order by created_at desc, id desc limit 1"
        ))
        .bind(session)
        .bind(connector_profile)
        .fetch_optional(&self.readers)
        .await?;
        row.as_ref().map(attempt).transpose()
    }

    /// What was typed in an attempt, unless it is over.
    pub async fn attempt_snapshot(
        &self,
        attempt: &Attempt,
        now: Timestamp,
    ) -> Result<Option<Secret>, StoreError> {
        Ok(self.load_draft(&attempt.draft_key(), now).await?.map(|draft| draft.snapshot))
    }
}

/// In the transaction that stores the account: the attempt is over. It links once.
pub(crate) async fn end_linked(
    connection: &mut DbConnection,
    attempt: &Attempt,
    account: &AccountId,
    now: Timestamp,
) -> Result<(), ChangeError> {
    let id = &attempt.id;
    if attempt.version == 0 {
        let (state, account) = (AttemptState::Linked, Some(account.to_string()));
        let ended = Attempt { state, account, error: None, updated_at: now, ..attempt.clone() };
        insert(connection, &ended).await?;
        crash_point("vault.attempt-ended");
        return Ok(());
    }
    let done = sqlx::query(
        "update attempts set state = 'linked', account_id = $2, updated_at = $3, error_code = null, \
         error_text = null, transcript_json = $4, version = version + 1 where id = $1 and state not in ('linked', 'cancelled')",
    )
    .bind(id)
    .bind(account.as_str())
    .bind(stamp(now))
    .bind(json(attempt.transcript.clone()))
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Err(ChangeError::AttemptOver { id: id.clone() });
    }
    crash_point("vault.attempt-ended");
    Ok(draft::delete(connection, &draft_key(id)).await?)
}

/// The row of an attempt that has none.
async fn insert(connection: &mut DbConnection, new: &Attempt) -> Result<(), StoreError> {
    sqlx::query(concat!(
        "insert into attempts (",
        attempt_columns!(),
        ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"
    ))
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
    .bind(json(new.transcript.clone()))
    .bind(new.version + 1)
    .bind(stamp(new.created_at))
    .bind(stamp(new.updated_at))
    .bind(stamp(new.expires_at))
    .bind(json(new.progress.clone()))
    .execute(connection)
    .await?;
    Ok(())
}

/// The row of an attempt that is as the caller has seen it, and not over. `false`: it is not.
async fn update(connection: &mut DbConnection, attempt: &Attempt) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "update attempts set state = $3, error_code = $4, error_text = $5, transcript_json = $6, \
         account_id = $7, updated_at = $8, progress_json = $9, expires_at = $10, version = version + 1 \
         where id = $1 and version = $2 and state not in ('linked', 'cancelled')",
    )
    .bind(attempt.id.clone())
    .bind(attempt.version)
    .bind(attempt.state.as_str())
    .bind(attempt.error.as_ref().map(|(code, _)| code.clone()))
    .bind(attempt.error.as_ref().map(|(_, text)| text.clone()))
    .bind(json(attempt.transcript.clone()))
    .bind(attempt.account.clone())
    .bind(stamp(attempt.updated_at))
    .bind(json(attempt.progress.clone()))
    .bind(stamp(attempt.expires_at))
    .execute(connection)
    .await?;
    Ok(done.rows_affected() != 0)
}

fn draft_key(id: &str) -> String {
    format!("attempt/{id}")
}

fn attempt(row: &DbRow) -> Result<Attempt, StoreError> {
    const TABLE: &str = "attempts";
    let state: String = row.try_get("state")?;
    let state = AttemptState::ALL.into_iter().find(|one| one.as_str() == state);
    let code: Option<String> = row.try_get("error_code")?;
    let text: Option<String> = row.try_get("error_text")?;
    Ok(Attempt {
        id: row.try_get("id")?,
        session: row.try_get("session_seq")?,
        project: row.try_get("project_id")?,
        connector_profile: row.try_get("connector_profile_id")?,
        provider: row.try_get("provider")?,
        method: row.try_get("method")?,
        guide_digest: row.try_get("guide_digest")?,
        account: row.try_get("account_id")?,
        state: state.ok_or_else(|| damaged(TABLE, "state"))?,
        error: code.zip(text),
        progress: from_json(row, TABLE, "progress_json")?,
        transcript: from_json(row, TABLE, "transcript_json")?,
        version: row.try_get("version")?,
        created_at: whole_milliseconds(time(row, TABLE, "created_at")?),
        updated_at: time(row, TABLE, "updated_at")?,
        expires_at: time(row, TABLE, "expires_at")?,
    })
}
