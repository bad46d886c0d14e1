//! Ends sessions: revokes them, and ends single-use sessions when they have linked their account.
//!
//! **Invariant:** a session's link attempts end with it. Their snapshots, which contain what people entered, are deleted
//! in the transaction that ends the session.

use jiff::Timestamp;

use crate::attempt_end::{self, Of};
use crate::audit::{self, Subject};
use crate::by::By;
use crate::error::StoreError;
use crate::row::stamp;
use crate::writer::{Work, Writer};

impl Writer {
    /// Revokes a session and cancels its link attempts. `false` if the project has no session with this number, or if
    /// the session was already revoked.
    pub async fn revoke_session(&self, project: &str, seq: i64, by: By<'_>) -> Result<bool, StoreError> {
        let mut work = self.begin().await?;
        // Transactions that save or store one of the session's attempts hold this lock, too.
        work.hold("session", &seq.to_string()).await?;
        let done = sqlx::query(
            "update sessions set revoked_at = $3 where project_id = $1 and seq = $2 and revoked_at is null",
        )
        .bind(project)
        .bind(seq)
        .bind(stamp(by.at))
        .execute(work.tx())
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        attempt_end::cancel_all(work.tx(), Of::Session(seq), by.at).await?;
        let detail = seq.to_string();
        audit::write(work.tx(), "session.revoked", Subject::Project(project), Some(&detail), by).await?;
        work.commit().await?;
        self.wipe_log().await;
        Ok(true)
    }
}

/// Ends a session in the transaction that stores its account, if the session is single-use. Cancels the session's other
/// attempts. Returns whether the session has ended. The caller must hold the session's lock.
pub(crate) async fn end_if_single_use(work: &mut Work, seq: i64, now: Timestamp) -> Result<bool, StoreError> {
    let ended = sqlx::query("update sessions set used_at = $2 where seq = $1 and once = 1")
        .bind(seq)
        .bind(stamp(now))
        .execute(work.tx())
        .await?;
    if ended.rows_affected() == 0 {
        return Ok(false);
    }
    attempt_end::cancel_all(work.tx(), Of::Session(seq), now).await?;
    Ok(true)
}
