//! What is past its time is forgotten: sessions, attempts, drafts, counters, kept answers.
//!
//! **Invariant:** forgetting is never needed for safety: whatever is past its time is not there for those who look.

use std::sync::Arc;
use std::time::Duration;

use jiff::{Timestamp, ToSpan as _};

use crate::app::{App, Stop};

/// How often it is looked for what is past its time.
const EVERY: Duration = Duration::from_mins(10);

/// For so many hours after its end a session, with what was tried in it, is kept for support.
const KEPT_HOURS: i64 = 30 * 24;

/// Forgets, now and then.
pub(crate) async fn upkeep(app: Arc<App>, mut stop: Stop) {
    loop {
        // First a pause: a start has enough to do, and nothing is gained by haste.
        tokio::select! {
            () = stop.asked() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        if let Err(error) = forget(&app, Timestamp::now()).await {
            tracing::warn!(%error, "what is past its time could not be forgotten");
        }
    }
}

async fn forget(app: &App, now: Timestamp) -> Result<(), vault::StoreError> {
    let old = now.checked_sub(KEPT_HOURS.hours()).unwrap_or(Timestamp::UNIX_EPOCH);
    let sessions = app.vault.delete_expired_sessions(old).await?;
    let sealed = app.vault.delete_expired_sealed(now).await?;
    let counts = app.vault.delete_expired_counters(now).await?;
    let answers = app.vault.delete_expired_once(now).await?;
    let leases = app.vault.delete_expired_leases(old).await?;
    if 0 < sessions + sealed + counts + answers + leases {
        tracing::debug!(sessions, sealed, counts, answers, leases, "forgotten");
    }
    Ok(())
}
