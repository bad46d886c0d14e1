//! Connect sessions: a session lets one customer link accounts for a limited time.
//!
//! **Invariant:** a session belongs to one project and one owner. Until it ends, it is entered with its token or from a
//! browser that opened its link. Tokens and browser secrets are stored as digests only.

use jiff::Timestamp;
use sqlx::Row as _;

use crate::account::{Kind, Owner};
use crate::attempt;
use crate::audit::{self, Subject};
use crate::by::By;
use crate::database::DbRow;
use crate::error::StoreError;
use crate::open::Vault;
use crate::row::{from_json, json, kind, optional_time, stamp, time};
use crate::token::{Digest, Token};
use crate::writer::Writer;

/// A session to create.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// The project's id.
    pub project: String,
    /// Whether production or test accounts are linked.
    pub kind: Kind,
    /// The customer whose accounts are linked.
    pub owner: Owner,
    /// The only provider that can be linked. `None` allows every provider.
    pub provider: Option<String>,
    /// The only connector profile that can be used. `None` allows every active profile.
    pub connector_profile: Option<String>,
    /// The id of the account to edit. `None` if the session links accounts.
    pub account: Option<String>,
    /// The categories of providers to offer. An empty list offers all.
    pub categories: Vec<String>,
    /// Whether a link adds an account although the owner already has one at the provider.
    pub multiple: bool,
    /// Whether a link may replace an account with a different account at the provider.
    pub allow_different: bool,
    /// The provider's scopes to request. `None` requests all that the guide names.
    pub scopes: Option<Vec<String>>,
    /// Whether only the first browser that opens the link can use it.
    pub once: bool,
    /// The label of the linked account.
    pub label: Option<String>,
    /// The product's data about the linked account.
    pub metadata: serde_json::Map<String, serde_json::Value>,
    /// The origins of pages that may embed the session.
    pub origins: Vec<String>,
    /// The URL to which the person returns at the end.
    pub return_url: Option<String>,
    /// The language of the pages.
    pub language: Option<String>,
    /// When the session ends.
    pub expires_at: Timestamp,
}

/// A connect session.
#[derive(Clone, Debug)]
pub struct Session {
    /// The session's number, which is also its id in the API.
    pub seq: i64,
    /// The values that the session was created with.
    pub made: NewSession,
    /// When the session was created.
    pub created_at: Timestamp,
    /// Set when a step was handed off: until then, browsers that are already in may continue after the session's end.
    pub extended_until: Option<Timestamp>,
    /// When a browser first opened the link.
    pub opened_at: Option<Timestamp>,
    /// When the session was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl Session {
    /// Whether the session can be entered.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.made.expires_at
    }

    /// Whether browsers that are already in may continue.
    pub fn may_continue(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.ends_at()
    }

    /// When the session ends for browsers that are already in.
    pub fn ends_at(&self) -> Timestamp {
        self.extended_until.map_or(self.made.expires_at, |until| until.max(self.made.expires_at))
    }
}

/// The columns that [`session`] reads.
macro_rules! session_columns {
    () => {
        "s.seq, s.project_id, s.kind, s.owner_id, s.owner_name, s.username, s.provider, s.connector_profile_id, \
         s.account_id, s.categories_json, s.multiple, s.once, s.allow_different, s.scopes_json, s.label, s.metadata_json, \
         s.origins_json, s.return_url, s.language, s.created_at, s.expires_at, s.extended_until, \
         s.opened_at, s.revoked_at"
    };
}
pub(crate) use session_columns;

impl Vault {
    /// The session with this token, whether or not it is open.
    pub async fn session_by_token(&self, digest: &Digest) -> Result<Option<Session>, StoreError> {
        let row = sqlx::query(concat!("select ", session_columns!(), " from sessions s where s.digest = $1"))
            .bind(digest.bytes())
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(session).transpose()
    }

    /// The session with this number, if the project has it.
    pub async fn session(&self, project: &str, seq: i64) -> Result<Option<Session>, StoreError> {
        let row = sqlx::query(concat!(
            "select ",
            session_columns!(),
            " from sessions s where s.project_id = $1 and s.seq = $2"
        ))
        .bind(project)
        .bind(seq)
        .fetch_optional(&self.readers)
        .await?;
        row.as_ref().map(session).transpose()
    }
}

impl Writer {
    /// Creates a session. Only the digest of its token is stored, so the token cannot be shown again.
    pub async fn add_session(&self, new: &NewSession, by: By<'_>) -> Result<(Session, Token), StoreError> {
        let token = Token::random("wst_")?;
        let mut work = self.begin().await?;
        let row = sqlx::query(
            "insert into sessions (project_id, digest, kind, owner_id, owner_name, username, provider, \
             connector_profile_id, account_id, categories_json, multiple, once, allow_different, scopes_json, label, metadata_json, \
             origins_json, return_url, language, created_at, expires_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21) \
             returning seq",
        )
        .bind(new.project.clone())
        .bind(token.digest().bytes())
        .bind(new.kind.as_str())
        .bind(new.owner.id.clone())
        .bind(new.owner.name.clone())
        .bind(new.owner.username.clone())
        .bind(new.provider.clone())
        .bind(new.connector_profile.clone())
        .bind(new.account.clone())
        .bind(json(new.categories.clone()))
        .bind(i64::from(new.multiple))
        .bind(i64::from(new.once))
        .bind(i64::from(new.allow_different))
        .bind(json(new.scopes.clone()))
        .bind(new.label.clone())
        .bind(json(new.metadata.clone()))
        .bind(json(new.origins.clone()))
        .bind(new.return_url.clone())
        .bind(new.language.clone())
        .bind(stamp(by.at))
        .bind(stamp(new.expires_at))
        .fetch_one(work.tx())
        .await?;
        let seq: i64 = row.try_get("seq")?;
        let detail = seq.to_string();
        audit::write(work.tx(), "session.created", Subject::Project(&new.project), Some(&detail), by).await?;
        work.commit().await?;
        let session = Session {
            seq,
            made: new.clone(),
            created_at: by.at,
            extended_until: None,
            opened_at: None,
            revoked_at: None,
        };
        Ok((session, token))
    }

    /// Revokes a session. `false` if the project has no session with this number that is not revoked yet.
    pub async fn revoke_session(&self, project: &str, seq: i64, by: By<'_>) -> Result<bool, StoreError> {
        let mut work = self.begin().await?;
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
        let detail = seq.to_string();
        audit::write(work.tx(), "session.revoked", Subject::Project(project), Some(&detail), by).await?;
        work.commit().await?;
        Ok(true)
    }

    /// Deletes sessions that ended before a time, with their browsers, link attempts and sign-ins. Returns the number
    /// of sessions.
    pub async fn delete_expired_sessions(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut work = self.begin().await?;
        attempt::delete_expired(work.tx(), before).await?;
        let done = sqlx::query("delete from sessions where expires_at < $1")
            .bind(stamp(before))
            .execute(work.tx())
            .await?;
        work.commit().await?;
        Ok(done.rows_affected())
    }
}

pub(crate) fn session(row: &DbRow) -> Result<Session, StoreError> {
    const TABLE: &str = "sessions";
    Ok(Session {
        seq: row.try_get("seq")?,
        made: NewSession {
            project: row.try_get("project_id")?,
            kind: kind(row, TABLE, "kind")?,
            owner: Owner {
                id: row.try_get("owner_id")?,
                name: row.try_get("owner_name")?,
                username: row.try_get("username")?,
            },
            provider: row.try_get("provider")?,
            connector_profile: row.try_get("connector_profile_id")?,
            account: row.try_get("account_id")?,
            categories: from_json(row, TABLE, "categories_json")?,
            multiple: row.try_get::<i64, _>("multiple")? != 0,
            once: row.try_get::<i64, _>("once")? != 0,
            allow_different: row.try_get::<i64, _>("allow_different")? != 0,
            scopes: from_json(row, TABLE, "scopes_json")?,
            label: row.try_get("label")?,
            metadata: from_json(row, TABLE, "metadata_json")?,
            origins: from_json(row, TABLE, "origins_json")?,
            return_url: row.try_get("return_url")?,
            language: row.try_get("language")?,
            expires_at: time(row, TABLE, "expires_at")?,
        },
        created_at: time(row, TABLE, "created_at")?,
        extended_until: optional_time(row, TABLE, "extended_until")?,
        opened_at: optional_time(row, TABLE, "opened_at")?,
        revoked_at: optional_time(row, TABLE, "revoked_at")?,
    })
}
