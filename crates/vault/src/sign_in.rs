//! Sign-ins to a provider in a browser. Each sign-in is one OAuth round trip.
//!
//! **Invariant:** the `state` parameter that the browser returns is single-use, and only its digest is stored. The
//! secret part of a sign-in (the PKCE verifier) is sealed.

use jiff::Timestamp;
use secret::Secret;
use sqlx::Row as _;
use strum::{EnumString, IntoStaticStr};

use crate::attempt::Attempt;
use crate::attempt_end::{self, Of};
use crate::database::DbRow;
use crate::error::StoreError;
use crate::id;
use crate::open::Vault;
use crate::row::{failure, parsed, stamp, whole_milliseconds};
use crate::sealed::{self, Content, Item};
use crate::token::Digest;
use crate::writer::Writer;

/// The state of a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum SignInState {
    /// The person is on the provider's site or is being redirected to it.
    Pending,
    /// The account is stored.
    Authenticated,
    /// Signing in or linking failed.
    Error,
    /// The sign-in was canceled.
    Cancelled,
}

impl SignInState {
    /// Returns the state's name in the API and the database, such as `pending`.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A sign-in to a provider.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// The sign-in's id: `sgn_` followed by 26 characters.
    pub id: String,
    /// The number of the session that the sign-in belongs to.
    pub session: i64,
    /// The id of the link attempt. `None` if no attempt uses the sign-in yet.
    pub attempt: Option<String>,
    /// The current state of the sign-in.
    pub state: SignInState,
    /// The id of the account that was stored. `None` if no account was stored.
    pub account: Option<String>,
    /// The failure's code and the message for the person. `None` if nothing has failed.
    pub error: Option<(String, String)>,
    /// When the sign-in was created.
    pub created_at: Timestamp,
    /// When the sign-in expires.
    pub expires_at: Timestamp,
}

impl SignIn {
    /// Returns whether the browser may still be sent to the provider.
    pub fn may_be_sent(&self, now: Timestamp) -> bool {
        self.state == SignInState::Pending && now < self.expires_at
    }
}

impl Vault {
    /// Returns the sign-in with this id. `None` if the session has no such sign-in.
    pub async fn sign_in(&self, session: i64, id: &str) -> Result<Option<SignIn>, StoreError> {
        let query = sqlx::query("select * from sign_ins where id = $1 and session_seq = $2");
        self.optional(query.bind(id).bind(session), sign_in).await
    }

    /// Returns whether a browser is expected to return with this `state`: it was sent to the provider with the state,
    /// and the sign-in has neither been taken nor ended. The sign-in may have expired.
    pub async fn is_sign_in_sent(&self, state: &Digest) -> Result<bool, StoreError> {
        let query = sqlx::query("select * from sign_ins where digest = $1 and state = 'pending'");
        Ok(self.optional(query.bind(state.bytes()), sign_in).await?.is_some())
    }
}

impl Writer {
    /// Creates a pending sign-in.
    pub async fn add_sign_in(
        &self,
        session: i64,
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<SignIn, StoreError> {
        let created = SignIn {
            id: id::random("sgn_")?,
            session,
            attempt: None,
            state: SignInState::Pending,
            account: None,
            error: None,
            created_at: whole_milliseconds(now),
            expires_at: whole_milliseconds(expires),
        };
        let insert = sqlx::query(
            "insert into sign_ins (id, session_seq, state, created_at, expires_at) values ($1, $2, $3, $4, $5)",
        )
        .bind(&created.id)
        .bind(session)
        .bind(created.state.as_str())
        .bind(stamp(created.created_at))
        .bind(stamp(created.expires_at));
        self.execute(insert).await?;
        Ok(created)
    }

    /// Records which link attempt uses a sign-in. The caller does this before it sends the browser to the provider.
    pub async fn set_attempt_of_sign_in(&self, id: &str, attempt: &str) -> Result<(), StoreError> {
        let update = sqlx::query("update sign_ins set attempt_id = $2 where id = $1");
        self.execute(update.bind(id).bind(attempt)).await?;
        Ok(())
    }

    /// Records that the browser is being sent to the provider for a link attempt and will return with `state`. `secret`
    /// is the part of the sign-in that only the Hub may read. If the browser was already sent to the provider, the new
    /// state replaces the previous one, so that a person can go back and continue again. `false` if the sign-in has
    /// ended.
    pub async fn send_sign_in(
        &self,
        sign_in: &SignIn,
        attempt: &Attempt,
        state: &Digest,
        secret: &Secret,
    ) -> Result<bool, StoreError> {
        let mut work = self.begin().await?;
        let done = sqlx::query(
            "update sign_ins set attempt_id = $2, digest = $3 where id = $1 and state = 'pending'",
        )
        .bind(sign_in.id.clone())
        .bind(attempt.id.clone())
        .bind(state.bytes())
        .execute(work.tx())
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        let item = Item {
            content: Content::SignIn,
            key: &sign_in.id,
            binding: &attempt.id,
            expires_at: Some(sign_in.expires_at),
        };
        work.write_sealed(&item, secret, sign_in.created_at).await?;
        work.commit().await?;
        Ok(true)
    }

    /// Returns the pending sign-in for the `state` that a browser returned with, and the sign-in's secret part. Each
    /// sign-in is returned only once. `None` if there is no such sign-in, if it has already been returned, or if it has
    /// expired.
    pub async fn take_sign_in(
        &self,
        state: &Digest,
        now: Timestamp,
    ) -> Result<Option<(SignIn, Secret)>, StoreError> {
        let mut work = self.begin().await?;
        // Deletes the digest, so that the sign-in is not found if a second browser returns with the same state.
        let row = sqlx::query(
            "update sign_ins set digest = null where digest = $1 and state = 'pending' returning *",
        )
        .bind(state.bytes())
        .fetch_optional(work.tx())
        .await?;
        let Some(taken) = row.as_ref().map(sign_in).transpose()? else { return Ok(None) };
        let opened = work.read_sealed(Content::SignIn, &taken.id).await?;
        sealed::delete(work.tx(), Content::SignIn, &taken.id).await?;
        work.commit().await?;
        let opened = opened.and_then(|opened| opened.unless_expired(now));
        let is_bound = |binding: &str| taken.attempt.as_deref() == Some(binding);
        Ok(opened.filter(|opened| is_bound(&opened.binding)).map(|opened| (taken, opened.plain)))
    }

    /// Cancels a sign-in and its link attempt, so that checks that are running store no account. Does nothing if the
    /// sign-in has already ended.
    pub async fn cancel_sign_in(&self, id: &str, now: Timestamp) -> Result<(), StoreError> {
        let mut work = self.begin().await?;
        let update = sqlx::query("update sign_ins set state = $2 where id = $1 and state = 'pending'");
        let done = update.bind(id).bind(SignInState::Cancelled.as_str()).execute(work.tx()).await?;
        if done.rows_affected() == 1 {
            sealed::delete(work.tx(), Content::SignIn, id).await?;
            attempt_end::cancel_all(work.tx(), Of::SignIn(id), now).await?;
        }
        work.commit().await
    }

    /// Ends a sign-in, either with the account that was stored or with a failure: a code and a message for the user.
    /// Returns `false` if the sign-in has already ended.
    pub async fn end_sign_in(
        &self,
        id: &str,
        state: SignInState,
        account: Option<&str>,
        error: Option<(&str, &str)>,
    ) -> Result<bool, StoreError> {
        let mut work = self.begin().await?;
        let done = sqlx::query(
            "update sign_ins set state = $2, account_id = $3, error_code = $4, error_text = $5 \
             where id = $1 and state = 'pending'",
        )
        .bind(id)
        .bind(state.as_str())
        .bind(account)
        .bind(error.map(|(code, _)| code))
        .bind(error.map(|(_, text)| text))
        .execute(work.tx())
        .await?;
        sealed::delete(work.tx(), Content::SignIn, id).await?;
        work.commit().await?;
        Ok(done.rows_affected() == 1)
    }
}

fn sign_in(row: &DbRow) -> Result<SignIn, StoreError> {
    const TABLE: &str = "sign_ins";
    Ok(SignIn {
        id: row.try_get("id")?,
        session: row.try_get("session_seq")?,
        attempt: row.try_get("attempt_id")?,
        state: parsed(row, TABLE, "state")?,
        account: row.try_get("account_id")?,
        error: failure(row)?,
        created_at: parsed(row, TABLE, "created_at")?,
        expires_at: parsed(row, TABLE, "expires_at")?,
    })
}
