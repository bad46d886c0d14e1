//! Decides whether a link attempt may continue.
//!
//! **Invariant:** an attempt may continue only while its session exists and has neither ended nor expired, and while the
//! account that it edits exists, belongs to the session's owner and has no hold. Every transaction that saves an attempt, opens
//! its account's credentials or stores its account makes this decision again.

use jiff::Timestamp;

use crate::account::Account;
use crate::database::DbConnection;
use crate::error::StoreError;
use crate::row::account;
use crate::session::{NewSession, session};
use crate::writer::Work;

/// The link attempt to decide on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AttemptRef<'a> {
    /// The attempt's id. It does not have to be stored yet.
    pub(crate) id: &'a str,
    /// The number of the attempt's session.
    pub(crate) session: i64,
    /// The id of the account that the attempt edits. `None` if it links a new account.
    pub(crate) account: Option<&'a str>,
}

impl NewSession {
    /// Returns whether the session may edit an account: the account has the session's project, owner and kind, it has
    /// no hold, and the session is not limited to another account or provider.
    pub fn may_edit(&self, account: &Account) -> bool {
        let is_own = account
            .home
            .as_ref()
            .is_some_and(|home| home.belongs_to(&self.project, &self.owner.id, self.kind));
        is_own
            && account.hold.is_none()
            && self.account.as_deref().is_none_or(|only| only == account.id.as_str())
            && self.provider.as_deref().is_none_or(|only| only == account.provider)
    }
}

impl Work {
    /// Returns whether an attempt may continue. If so, this stays true until the transaction ends: it locks the
    /// attempt's session, and the account that the attempt edits.
    pub(crate) async fn hold_attempt(
        &mut self,
        attempt: AttemptRef<'_>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        // Exclusively, because a single-use session links only one account, whichever of its attempts comes first.
        self.hold("session", &attempt.session.to_string()).await?;
        if let Some(account) = attempt.account {
            self.hold("account", account).await?;
        }
        may_continue(self.tx(), attempt, now).await
    }
}

/// Returns whether an attempt may continue.
pub(crate) async fn may_continue(
    connection: &mut DbConnection,
    attempt: AttemptRef<'_>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let row = sqlx::query(
        "select * from sessions where seq = $1 and not exists \
         (select 1 from attempts where id = $2 and state in ('linked', 'cancelled'))",
    )
    .bind(attempt.session)
    .bind(attempt.id)
    .fetch_optional(&mut *connection)
    .await?;
    let session = row.as_ref().map(session).transpose()?.filter(|session| session.may_continue(now));
    let Some(session) = session else { return Ok(false) };
    let parameters = session.parameters;
    // A session that was created for an account cannot link any other account.
    let Some(id) = attempt.account.or(parameters.account.as_deref()) else { return Ok(true) };
    let row = sqlx::query("select * from accounts where id = $1").bind(id).fetch_optional(connection).await?;
    Ok(row.as_ref().map(account).transpose()?.is_some_and(|account| parameters.may_edit(&account)))
}
