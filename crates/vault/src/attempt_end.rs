//! Cancels link attempts that may no longer continue.
//!
//! **Invariant:** a canceled attempt has no snapshot, so nothing that people entered in it is left.

use jiff::Timestamp;

use crate::account::Account;
use crate::database::DbConnection;
use crate::error::StoreError;
use crate::id::AccountId;
use crate::row::stamp;
use crate::sealed::Content;

/// The link attempts in a session, those that edit an account, or a single one.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Of<'a> {
    /// The attempts in the session with this number.
    Session(i64),
    /// The attempts that edit this account.
    Account(&'a AccountId),
    /// The attempt that this sign-in is for.
    SignIn(&'a str),
}

impl Of<'_> {
    /// The condition for the attempts, whose parameter is `$2`.
    fn condition(self) -> &'static str {
        match self {
            Self::Session(_) => "session_seq = $2",
            Self::Account(_) => "account_id = $2",
            Self::SignIn(_) => "id = (select attempt_id from sign_ins where id = $2)",
        }
    }
}

/// Cancels the attempts that have not ended, and deletes their snapshots.
pub(crate) async fn cancel_all(
    connection: &mut DbConnection,
    of: Of<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let condition = of.condition();
    let delete =
        format!("delete from sealed where kind = $1 and key in (select id from attempts where {condition})");
    let cancel = format!(
        "update attempts set state = 'cancelled', updated_at = $1, version = version + 1 \
         where {condition} and state not in ('linked', 'cancelled')"
    );
    for (sql, first) in [(delete, Content::Snapshot.into_str().to_owned()), (cancel, stamp(now))] {
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(first);
        let query = match of {
            Of::Session(seq) => query.bind(seq),
            Of::Account(id) => query.bind(id.as_str()),
            Of::SignIn(id) => query.bind(id),
        };
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

/// Cancels the attempts that could store a deleted account again although they do not name it, because they link a new
/// account for the same owner at the same provider, and deletes their snapshots. The owner's credentials may have been
/// entered in them too.
pub(crate) async fn cancel_unnamed(
    connection: &mut DbConnection,
    account: &Account,
    now: Timestamp,
) -> Result<(), StoreError> {
    const ATTEMPTS: &str = "account_id is null and provider = $2 and session_seq in \
                            (select seq from sessions where project_id = $3 and owner_id = $4 and kind = $5)";
    let Some(home) = &account.home else { return Ok(()) };
    let delete =
        format!("delete from sealed where kind = $1 and key in (select id from attempts where {ATTEMPTS})");
    let cancel = format!(
        "update attempts set state = 'cancelled', updated_at = $1, version = version + 1 \
         where {ATTEMPTS} and state not in ('linked', 'cancelled')"
    );
    for (sql, first) in [(delete, Content::Snapshot.into_str().to_owned()), (cancel, stamp(now))] {
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(first)
            .bind(&account.provider)
            .bind(&home.project)
            .bind(&home.owner.id)
            .bind(home.kind.as_str())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
