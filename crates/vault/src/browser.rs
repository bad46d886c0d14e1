//! Browsers that opened a session's link, and how they show its pages.
//!
//! **Invariant:** a browser is let in by a secret of its own. What a frame has instead, where the browser keeps no secret
//! for it, lets nobody in: it is changed for a secret once, soon, and for a window of its own.

use jiff::Timestamp;
use sqlx::Row as _;

use crate::database::DbRow;
use crate::error::StoreError;
use crate::open::Vault;
use crate::row::stamp;
use crate::session::{Session, session, session_columns};
use crate::token::{Digest, Token};

/// How a browser shows the pages of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Showing {
    /// The origin of the page that embeds them.
    pub parent: Option<String>,
    /// `light` or `dark`, where it is not the reader's own choice.
    pub scheme: Option<String>,
    /// The language that the page around them asks for.
    pub language: Option<String>,
    /// Whether an embedded page has its footer.
    pub footer: bool,
}

/// A browser that opened a session's link.
#[derive(Clone, Debug)]
pub struct Browser {
    /// What lets it in.
    pub secret: Token,
    /// What an embedded page has where the browser does not keep the secret for it.
    pub frame: Option<Token>,
}

/// The query for a session and how a browser of it shows it. `$1` is the session's number.
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
    /// A browser opens a session's link and gets a secret of its own. None, if the link is good for one browser and
    /// another was first.
    pub async fn open_session(
        &self,
        session: &Session,
        showing: &Showing,
        now: Timestamp,
    ) -> Result<Option<Browser>, StoreError> {
        let secret = Token::random("wsb_")?;
        let frame = showing.parent.as_ref().map(|_| Token::random("wsf_")).transpose()?;
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
        .bind(showing.parent.clone())
        .bind(frame.as_ref().map(|frame| frame.digest().bytes()))
        .bind(showing.scheme.clone())
        .bind(showing.language.clone())
        .bind(i64::from(showing.footer))
        .bind(stamp(now))
        .execute(work.tx())
        .await?;
        work.commit().await?;
        Ok(Some(Browser { secret, frame }))
    }

    /// The session that a browser opened, open or not, and how the browser shows it. `seq` is the session's number, as
    /// the page says it.
    pub async fn session_by_browser(
        &self,
        seq: i64,
        digest: &Digest,
    ) -> Result<Option<(Session, Showing)>, StoreError> {
        self.shown_session(shown_where!("b.digest = $2"), seq, digest).await
    }

    /// The session that a frame shows whose browser does not keep a secret for it.
    pub async fn session_by_frame(
        &self,
        seq: i64,
        frame: &Digest,
    ) -> Result<Option<(Session, Showing)>, StoreError> {
        self.shown_session(shown_where!("b.frame_digest = $2"), seq, frame).await
    }

    async fn shown_session(
        &self,
        query: &'static str,
        seq: i64,
        digest: &Digest,
    ) -> Result<Option<(Session, Showing)>, StoreError> {
        let row = sqlx::query(query).bind(seq).bind(digest.bytes()).fetch_optional(&self.readers).await?;
        row.as_ref().map(|row| Ok((session(row)?, showing(row)?))).transpose()
    }

    /// A browser that comes back shows the pages otherwise.
    pub async fn show_otherwise(
        &self,
        seq: i64,
        digest: &Digest,
        showing: &Showing,
    ) -> Result<(), StoreError> {
        let mut work = self.begin().await?;
        sqlx::query(
            "update browsers set parent = $3, scheme = $4, language = $5, footer = $6 \
             where session_seq = $1 and digest = $2",
        )
        .bind(seq)
        .bind(digest.bytes())
        .bind(showing.parent.clone())
        .bind(showing.scheme.clone())
        .bind(showing.language.clone())
        .bind(i64::from(showing.footer))
        .execute(work.tx())
        .await?;
        work.commit().await
    }

    /// The browser keeps its secret in the frame: what the frame had for the other case is of no use any more.
    pub async fn stay_in_frame(&self, seq: i64, digest: &Digest) -> Result<(), StoreError> {
        let mut work = self.begin().await?;
        sqlx::query("update browsers set frame_digest = null where session_seq = $1 and digest = $2")
            .bind(seq)
            .bind(digest.bytes())
            .execute(work.tx())
            .await?;
        work.commit().await
    }

    /// The session of a frame goes on in a window of its own, which gets a secret. None, if the frame was opened before
    /// `since`, or this was done already.
    pub async fn leave_frame(
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

fn showing(row: &DbRow) -> Result<Showing, StoreError> {
    Ok(Showing {
        parent: row.try_get("parent")?,
        scheme: row.try_get("scheme")?,
        language: row.try_get("shown_language")?,
        footer: row.try_get::<i64, _>("footer")? == 1,
    })
}
