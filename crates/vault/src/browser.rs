//! Entering sessions: browsers that have opened a session's link, how they show the session's pages, and StackOne's
//! widget, which uses the session's token.
//!
//! **Invariant:** a single-use session is entered either by one browser or by the widget, whichever comes first. Each
//! browser enters a session with its own secret. Some browsers do not store the secret in an
//! embedded frame, so the frame also gets a frame token. A frame token does not grant access to the session. Within a
//! short time, it can be exchanged once for a secret that lets a new window enter the session.

use jiff::Timestamp;
use sqlx::Row as _;

use crate::database::DbRow;
use crate::error::StoreError;
use crate::open::Vault;
use crate::row::stamp;
use crate::session::{Session, session};
use crate::token::{Digest, Token};
use crate::writer::Writer;

/// How a browser shows a session's pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Presentation {
    /// The origin of the page that embeds the session's pages. `None` if the pages are shown in their own window.
    pub parent: Option<String>,
    /// The color scheme: `light` or `dark`. `None` follows the browser's setting.
    pub scheme: Option<String>,
    /// The language that the embedding page requests. `None` if it does not request a language.
    pub language: Option<String>,
    /// Whether embedded pages have a footer.
    pub footer: bool,
}

/// The tokens for a browser that opened a session's link.
#[derive(Clone, Debug)]
pub struct Browser {
    /// The secret that the browser uses to enter the session.
    pub secret: Token,
    /// The frame token. `None` if the pages are not embedded.
    pub frame: Option<Token>,
}

impl Vault {
    /// Returns the session that a browser entered, even if it has ended, and how the browser shows it. `seq` is the
    /// session's number in the page's address. Returns `None` if no browser with this secret has entered the session.
    pub async fn session_by_browser(
        &self,
        seq: i64,
        digest: &Digest,
    ) -> Result<Option<(Session, Presentation)>, StoreError> {
        let query = sqlx::query(
            "select s.*, b.parent, b.scheme, b.language as shown_language, b.footer \
             from sessions s join browsers b on b.session_seq = s.seq where s.seq = $1 and b.digest = $2",
        );
        self.optional(query.bind(seq).bind(digest.bytes()), shown_session).await
    }

    /// Returns the session with this frame token, and how the frame shows it. Returns `None` if the session has no such
    /// frame token.
    pub async fn session_by_frame(
        &self,
        seq: i64,
        frame: &Digest,
    ) -> Result<Option<(Session, Presentation)>, StoreError> {
        let query = sqlx::query(
            "select s.*, b.parent, b.scheme, b.language as shown_language, b.footer \
             from sessions s join browsers b on b.session_seq = s.seq where s.seq = $1 and b.frame_digest = $2",
        );
        self.optional(query.bind(seq).bind(frame.bytes()), shown_session).await
    }
}

impl Writer {
    /// Records that a browser opened a session's link, and creates the browser's tokens. Returns `None` if the session is
    /// single-use, and another browser or the widget has already entered it.
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
        let entered: Option<String> =
            sqlx::query_scalar("select coalesce(opened_at, widget_at) from sessions where seq = $1")
                .bind(session.seq)
                .fetch_one(work.tx())
                .await?;
        if session.parameters.once && entered.is_some() {
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

    /// Records that StackOne's widget uses the token of a single-use session. Returns `false` if a browser has already
    /// opened the session's link; only that browser can continue.
    pub async fn enter_with_widget(&self, seq: i64, now: Timestamp) -> Result<bool, StoreError> {
        let mut work = self.begin().await?;
        work.hold("session", &seq.to_string()).await?;
        let entered = sqlx::query(
            "update sessions set widget_at = coalesce(widget_at, $2) where seq = $1 and opened_at is null",
        )
        .bind(seq)
        .bind(stamp(now))
        .execute(work.tx())
        .await?;
        work.commit().await?;
        Ok(entered.rows_affected() == 1)
    }

    /// Changes how a browser shows a session's pages. Called when the browser opens the link again.
    pub async fn update_presentation(
        &self,
        seq: i64,
        digest: &Digest,
        presentation: &Presentation,
    ) -> Result<(), StoreError> {
        let update = sqlx::query(
            "update browsers set parent = $3, scheme = $4, language = $5, footer = $6 \
             where session_seq = $1 and digest = $2",
        )
        .bind(seq)
        .bind(digest.bytes())
        .bind(&presentation.parent)
        .bind(&presentation.scheme)
        .bind(&presentation.language)
        .bind(i64::from(presentation.footer));
        self.execute(update).await?;
        Ok(())
    }

    /// Deletes a browser's frame token, which is not needed if the browser stores its secret in the frame.
    pub async fn delete_frame_token(&self, seq: i64, digest: &Digest) -> Result<(), StoreError> {
        let update =
            sqlx::query("update browsers set frame_digest = null where session_seq = $1 and digest = $2");
        self.execute(update.bind(seq).bind(digest.bytes())).await?;
        Ok(())
    }

    /// Exchanges a frame token for a secret that a new window uses to enter the session in place of the frame. Returns
    /// `None` if the frame was opened before `since`, or if the token was already exchanged.
    pub async fn exchange_frame_token(
        &self,
        seq: i64,
        frame: &Digest,
        since: Timestamp,
    ) -> Result<Option<Token>, StoreError> {
        let secret = Token::random("wsb_")?;
        let update = sqlx::query(
            "update browsers set digest = $3, parent = null, frame_digest = null \
             where session_seq = $1 and frame_digest = $2 and created_at >= $4",
        )
        .bind(seq)
        .bind(frame.bytes())
        .bind(secret.digest().bytes())
        .bind(stamp(since));
        Ok((self.execute(update).await? == 1).then_some(secret))
    }
}

fn shown_session(row: &DbRow) -> Result<(Session, Presentation), StoreError> {
    let presentation = Presentation {
        parent: row.try_get("parent")?,
        scheme: row.try_get("scheme")?,
        language: row.try_get("shown_language")?,
        footer: row.try_get::<i64, _>("footer")? == 1,
    };
    Ok((session(row)?, presentation))
}
