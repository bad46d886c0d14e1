//! Signing in at a provider, in a browser: begun here, ended by what the browser brings back.
//!
//! **Invariant:** what the browser brings back is good once, and is kept as a digest; what only this side knows (the
//! verifier of PKCE) lies under seal.

use jiff::Timestamp;
use secret::Secret;
use sqlx::Row as _;

use crate::database::DbRow;
use crate::draft;
use crate::error::StoreError;
use crate::id;
use crate::open::Vault;
use crate::row::{damaged, stamp, time, whole_milliseconds};
use crate::seal::SealError;
use crate::token::Digest;

/// How signing in stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInState {
    /// The person is at the provider, or on the way.
    Pending,
    /// The account is stored.
    Authenticated,
    /// It did not work.
    Error,
    /// It was given up.
    Cancelled,
}

/// Signing in at a provider.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// Its id: `sgn_` and 26 characters.
    pub id: String,
    /// The number of the session.
    pub session: i64,
    /// The attempt that it belongs to, once that is known.
    pub attempt: Option<String>,
    /// How it stands.
    pub state: SignInState,
    /// The account that was stored.
    pub account: Option<String>,
    /// What went wrong: a word, and what the person is told.
    pub error: Option<(String, String)>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl SignInState {
    const ALL: [Self; 4] = [Self::Pending, Self::Authenticated, Self::Error, Self::Cancelled];

    /// In one word.
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
    /// Begins to sign in.
    pub async fn add_sign_in(
        &self,
        session: i64,
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<SignIn, StoreError> {
        let id = id::random("sgn_").map_err(SealError::Random).map_err(StoreError::seal("the sign-in"))?;
        let (now, expires) = (whole_milliseconds(now), whole_milliseconds(expires));
        let mut work = self.begin().await?;
        sqlx::query(
            "insert into sign_ins (id, session_seq, state, created_at, expires_at) \
             values ($1, $2, 'pending', $3, $4)",
        )
        .bind(id.clone())
        .bind(session)
        .bind(stamp(now))
        .bind(stamp(expires))
        .execute(work.tx())
        .await?;
        work.commit().await?;
        let state = SignInState::Pending;
        Ok(SignIn {
            id,
            session,
            attempt: None,
            state,
            account: None,
            error: None,
            created_at: now,
            expires_at: expires,
        })
    }

    /// Says which attempt a sign-in belongs to, before the browser is sent.
    pub async fn name_attempt_of_sign_in(&self, id: &str, attempt: &str) -> Result<(), StoreError> {
        let mut work = self.begin().await?;
        sqlx::query("update sign_ins set attempt_id = $2 where id = $1")
            .bind(id)
            .bind(attempt)
            .execute(work.tx())
            .await?;
        work.commit().await
    }

    /// The browser is sent to the provider for an attempt, and will bring `back`; `kept` is what only this side knows.
    /// `false`: it was sent already, or it is over.
    pub async fn send_sign_in(
        &self,
        sign_in: &SignIn,
        attempt: &str,
        back: &Digest,
        kept: &Secret,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut work = self.begin().await?;
        let done = sqlx::query(
            "update sign_ins set attempt_id = $2, digest = $3 where id = $1 and state = 'pending' and digest is null",
        )
        .bind(sign_in.id.clone())
        .bind(attempt)
        .bind(back.bytes())
        .execute(work.tx())
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        draft::write(&mut work, &draft_key(&sign_in.id), "", kept, now, sign_in.expires_at).await?;
        work.commit().await?;
        Ok(true)
    }

    /// A browser came back: the sign-in, and what only this side knows. It is good once.
    pub async fn take_sign_in(
        &self,
        back: &Digest,
        now: Timestamp,
    ) -> Result<Option<(SignIn, Secret)>, StoreError> {
        let row = sqlx::query(concat!("select ", sign_in_columns!(), " from sign_ins where digest = $1"))
            .bind(back.bytes())
            .fetch_optional(&self.readers)
            .await?;
        let Some(found) = row.as_ref().map(sign_in).transpose()? else { return Ok(None) };
        let kept = self.load_draft(&draft_key(&found.id), now).await?;
        let mut work = self.begin().await?;
        draft::delete(work.tx(), &draft_key(&found.id)).await?;
        // Of two that bring the same, one finds it still there.
        let done = sqlx::query(
            "update sign_ins set digest = null where id = $1 and digest = $2 and state = 'pending'",
        )
        .bind(found.id.clone())
        .bind(back.bytes())
        .execute(work.tx())
        .await?;
        work.commit().await?;
        let is_first = done.rows_affected() == 1;
        Ok(kept.filter(|_| is_first && now < found.expires_at).map(|kept| (found, kept.snapshot)))
    }

    /// Ends it; `false`: it was over.
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
        .bind(account.map(str::to_owned))
        .bind(error.map(|(code, _)| code.to_owned()))
        .bind(error.map(|(_, text)| text.to_owned()))
        .execute(work.tx())
        .await?;
        draft::delete(work.tx(), &draft_key(id)).await?;
        work.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// The sign-in with an id, of a session.
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

fn draft_key(id: &str) -> String {
    format!("sign_in/{id}")
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
