//! Sign-ins to a provider in a browser: one OAuth round trip each.
//!
//! **Invariant:** the `state` parameter that the browser brings back works once, and only its digest is stored. The
//! secret part of a sign-in (the PKCE verifier) is sealed.

use jiff::Timestamp;
use secret::Secret;
use sqlx::Row as _;

use crate::attempt::Attempt;
use crate::database::DbRow;
use crate::error::StoreError;
use crate::id;
use crate::open::Vault;
use crate::row::{damaged, stamp, time, whole_milliseconds};
use crate::sealed::{self, Content, Item};
use crate::token::Digest;
use crate::writer::Writer;

/// The state of a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInState {
    /// The person is at the provider, or on the way there.
    Pending,
    /// The account is stored.
    Authenticated,
    /// Signing in or linking failed.
    Error,
    /// The sign-in was canceled.
    Cancelled,
}

/// A sign-in to a provider.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// The sign-in's id: `sgn_` and 26 characters.
    pub id: String,
    /// The session's number.
    pub session: i64,
    /// The id of the link attempt. `None` until an attempt uses the sign-in.
    pub attempt: Option<String>,
    /// The state.
    pub state: SignInState,
    /// The id of the account that was stored.
    pub account: Option<String>,
    /// The failure: its code, and the message for the person.
    pub error: Option<(String, String)>,
    /// When the sign-in was created.
    pub created_at: Timestamp,
    /// When the sign-in expires.
    pub expires_at: Timestamp,
}

impl SignInState {
    const ALL: [Self; 4] = [Self::Pending, Self::Authenticated, Self::Error, Self::Cancelled];

    /// The state as the database and the API write it, such as `pending`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Authenticated => "authenticated",
            Self::Error => "error",
            Self::Cancelled => "cancelled",
        }
    }
}

/// The columns that [`sign_in`] reads.
macro_rules! sign_in_columns {
    () => {
        "id, session_seq, attempt_id, state, account_id, error_code, error_text, created_at, expires_at"
    };
}

impl Vault {
    /// The sign-in with this id, if the session has it.
    pub async fn sign_in(&self, session: i64, id: &str) -> Result<Option<SignIn>, StoreError> {
        let row = sqlx::query(concat!(
            "select ",
            sign_in_columns!(),
            " from sign_ins where id = $1 and session_seq = $2"
        ))
        .bind(id)
        .bind(session)
        .fetch_optional(&self.readers)
        .await?;
        row.as_ref().map(sign_in).transpose()
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
        let mut work = self.begin().await?;
        sqlx::query(
            "insert into sign_ins (id, session_seq, state, created_at, expires_at) \
             values ($1, $2, $3, $4, $5)",
        )
        .bind(created.id.clone())
        .bind(session)
        .bind(created.state.as_str())
        .bind(stamp(created.created_at))
        .bind(stamp(created.expires_at))
        .execute(work.tx())
        .await?;
        work.commit().await?;
        Ok(created)
    }

    /// Records which link attempt uses a sign-in, before the browser is sent to the provider.
    pub async fn set_attempt_of_sign_in(&self, id: &str, attempt: &str) -> Result<(), StoreError> {
        let mut work = self.begin().await?;
        sqlx::query("update sign_ins set attempt_id = $2 where id = $1")
            .bind(id)
            .bind(attempt)
            .execute(work.tx())
            .await?;
        work.commit().await
    }

    /// Records that the browser is sent to the provider for a link attempt and will bring back `state`. `secret` is the
    /// part that only the Hub knows. `false` if the browser was already sent, or the sign-in is over.
    pub async fn send_sign_in(
        &self,
        sign_in: &SignIn,
        attempt: &Attempt,
        state: &Digest,
        secret: &Secret,
    ) -> Result<bool, StoreError> {
        let mut work = self.begin().await?;
        let done = sqlx::query(
            "update sign_ins set attempt_id = $2, digest = $3 where id = $1 and state = 'pending' and digest is null",
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

    /// Takes the pending sign-in for which a browser came back with `state`, and its secret part. `None` if there is
    /// none, if it was already taken, or if it has expired.
    pub async fn take_sign_in(
        &self,
        state: &Digest,
        now: Timestamp,
    ) -> Result<Option<(SignIn, Secret)>, StoreError> {
        let mut work = self.begin().await?;
        // Of two browsers with the same state, one finds the digest gone.
        let row = sqlx::query(concat!(
            "update sign_ins set digest = null where digest = $1 and state = 'pending' returning ",
            sign_in_columns!()
        ))
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

    /// Ends a sign-in with the account that was stored, or with a failure: its code, and the message for the person.
    /// `false` if it was already over.
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
    let state: String = row.try_get("state")?;
    let state = SignInState::ALL.into_iter().find(|one| one.as_str() == state);
    let code: Option<String> = row.try_get("error_code")?;
    let text: Option<String> = row.try_get("error_text")?;
    Ok(SignIn {
        id: row.try_get("id")?,
        session: row.try_get("session_seq")?,
        attempt: row.try_get("attempt_id")?,
        state: state.ok_or_else(|| damaged("sign_ins", "state"))?,
        account: row.try_get("account_id")?,
        error: code.zip(text),
        created_at: time(row, "sign_ins", "created_at")?,
        expires_at: time(row, "sign_ins", "expires_at")?,
    })
}
