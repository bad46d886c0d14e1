//! Browsers that opened a session's link, and how they show its pages.
//!
//! **Invariant:** a browser enters a session with a secret of its own. An embedded frame whose browser does not keep
//! that secret gets a frame token instead, which does not enter the session: it can be exchanged once, within a short
//! time, for a secret of a new window.

use jiff::Timestamp;
use sqlx::Row as _;

use crate::database::DbRow;
use crate::error::StoreError;
use crate::open::Vault;
use crate::row::stamp;
use crate::session::{Session, session, session_columns};
use crate::token::{Digest, Token};
use crate::writer::Writer;

/// How a browser shows the pages of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Presentation {
    /// The origin of the page that embeds them. `None` in a window of their own.
    pub parent: Option<String>,
    /// `light` or `dark`. `None` follows the reader's own setting.
    pub scheme: Option<String>,
    /// The language that the embedding page asks for.
    pub language: Option<String>,
    /// Whether embedded pages have a footer.
    pub footer: bool,
}

/// The tokens of a browser that opened a session's link.
#[derive(Clone, Debug)]
pub struct Browser {
    /// The secret with which the browser enters the session.
    pub secret: Token,
    /// The frame token, if the pages are embedded.
    pub frame: Option<Token>,
}

/// The query for a session and how one of its browsers shows it. `$1` is the session's number.
macro_rules! shown_where {
    ($which:literal) => {
        concat!(
            "select ",
            session_columns!(),
            ", b.parent, b.scheme, b.language as shown_language, b.footer \
             from sessions s join browsers b on b.session_seq = s.seq where s.seq = $1 and ",
            $which
        )
    };
}

impl Vault {
    /// The session that a browser entered, whether or not it is still open, and how the browser shows it. `seq` is the
    /// session's number in the page's address.
    pub async fn session_by_browser(
        &self,
        seq: i64,
        digest: &Digest,
    ) -> Result<Option<(Session, Presentation)>, StoreError> {
        self.shown_session(shown_where!("b.digest = $2"), seq, digest).await
    }

    /// The session with this frame token, and how the frame shows it.
    pub async fn session_by_frame(
        &self,
        seq: i64,
        frame: &Digest,
    ) -> Result<Option<(Session, Presentation)>, StoreError> {
        self.shown_session(shown_where!("b.frame_digest = $2"), seq, frame).await
    }

    async fn shown_session(
        &self,
        query: &'static str,
        seq: i64,
        digest: &Digest,
    ) -> Result<Option<(Session, Presentation)>, StoreError> {
        let row = sqlx::query(query).bind(seq).bind(digest.bytes()).fetch_optional(&self.readers).await?;
        row.as_ref().map(|row| Ok((session(row)?, presentation(row)?))).transpose()
    }
}

impl Writer {
    /// Opens a session's link in a browser, which gets a secret of its own. `None` if the link is for a single
    /// browser and another one was first.
    pub async fn open_session(
        &self,
        session: &Session,
        presentation: &Presentation,
        now: Timestamp,
    ) -> Result<Option<Browser>, StoreError> {
        let secret = Token::random("wsb_")?;
        let frame = presentation.parent.as_ref().map(|_| Token::random("wsf_")).transpose()?;
        let mut work = self.begin().await?;
        work.hold("session", &session.seq.to_string()).await?;
        let opened: Option<String> = sqlx::query_scalar("select opened_at from sessions where seq = $1")
            .bind(session.seq)
            .fetch_one(work.tx())
            .await?;
        if session.made.once && opened.is_some() {
            return Ok(None);
        }
        sqlx::query("update sessions set opened_at = coalesce(opened_at, $2) where seq = $1")
            .bind(session.seq)
            .bind(stamp(now))
            .execute(work.tx())
            .await?;
        sqlx::query(
            "insert into browsers (digest, session_seq, parent, frame_digest, scheme, language, footer, created_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(secret.digest().bytes())
        .bind(session.seq)
        .bind(presentation.parent.clone())
        .bind(frame.as_ref().map(|frame| frame.digest().bytes()))
        .bind(presentation.scheme.clone())
        .bind(presentation.language.clone())
        .bind(i64::from(presentation.footer))
        .bind(stamp(now))
        .execute(work.tx())
        .await?;
        work.commit().await?;
        Ok(Some(Browser { secret, frame }))
    }

    /// Changes how a browser shows the pages, when it opens the link again.
    pub async fn update_presentation(
        &self,
        seq: i64,
        digest: &Digest,
        presentation: &Presentation,
    ) -> Result<(), StoreError> {
        let mut work = self.begin().await?;
        sqlx::query(
            "update browsers set parent = $3, scheme = $4, language = $5, footer = $6 \
             where session_seq = $1 and digest = $2",
        )
        .bind(seq)
        .bind(digest.bytes())
        .bind(presentation.parent.clone())
        .bind(presentation.scheme.clone())
        .bind(presentation.language.clone())
        .bind(i64::from(presentation.footer))
        .execute(work.tx())
        .await?;
        work.commit().await
    }

    /// Deletes a frame token, because the browser keeps its secret in the frame.
    pub async fn delete_frame_token(&self, seq: i64, digest: &Digest) -> Result<(), StoreError> {
        let mut work = self.begin().await?;
        sqlx::query("update browsers set frame_digest = null where session_seq = $1 and digest = $2")
            .bind(seq)
            .bind(digest.bytes())
            .execute(work.tx())
            .await?;
        work.commit().await
    }

    /// Exchanges a frame token for the secret of a window in which the session continues. `None` if the frame was
    /// opened before `since` or the token was already exchanged.
    pub async fn exchange_frame_token(
        &self,
        seq: i64,
        frame: &Digest,
        since: Timestamp,
    ) -> Result<Option<Token>, StoreError> {
        let secret = Token::random("wsb_")?;
        let mut work = self.begin().await?;
        let done = sqlx::query(
            "update browsers set digest = $3, parent = null, frame_digest = null \
             where session_seq = $1 and frame_digest = $2 and created_at >= $4",
        )
        .bind(seq)
        .bind(frame.bytes())
        .bind(secret.digest().bytes())
        .bind(stamp(since))
        .execute(work.tx())
        .await?;
        work.commit().await?;
        Ok((done.rows_affected() == 1).then_some(secret))
    }
}

fn presentation(row: &DbRow) -> Result<Presentation, StoreError> {
    Ok(Presentation {
        parent: row.try_get("parent")?,
        scheme: row.try_get("scheme")?,
        language: row.try_get("shown_language")?,
        footer: row.try_get::<i64, _>("footer")? == 1,
    })
}
