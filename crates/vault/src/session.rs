//! Connect sessions, each of which lets one customer link accounts for a limited time.
//!
//! **Invariant:** a session belongs to one project and one owner. Until the session ends, it can be entered with its
//! token or from a browser that has opened its link. A single-use session can be entered only by the first browser, or
//! only by StackOne's widget, and ends when it links an account. Only the digests of tokens and browser secrets are
//! stored.

use jiff::Timestamp;
use sqlx::Row as _;

use crate::account::{Kind, Owner};
use crate::audit::{self, Subject};
use crate::by::By;
use crate::database::DbRow;
use crate::error::StoreError;
use crate::open::Vault;
use crate::row::{from_json, json, optional, owner, parsed, stamp};
use crate::token::{Digest, Token};
use crate::writer::Writer;

/// A session to create.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// The id of the project that the session belongs to.
    pub project: String,
    /// Whether the session links production accounts or test accounts.
    pub kind: Kind,
    /// The customer who owns the linked accounts.
    pub owner: Owner,
    /// The key of the only provider that may be linked. `None` allows every provider.
    pub provider: Option<String>,
    /// The id of the only connector profile that may be used. `None` allows every active profile.
    pub connector_profile: Option<String>,
    /// The id of the account to edit. `None` if the session links new accounts.
    pub account: Option<String>,
    /// The categories of providers to offer. An empty list offers all categories.
    pub categories: Vec<String>,
    /// Whether linking adds an account even if the owner already has an account at the provider.
    pub multiple: bool,
    /// Whether linking may replace an account with a different account at the provider.
    pub allow_different: bool,
    /// The scopes to request from the provider. `None` requests all scopes that the guide lists.
    pub scopes: Option<Vec<String>>,
    /// Whether the session is single-use: only the first browser or widget can enter it, and it links one account.
    pub once: bool,
    /// The label for the linked account. `None` keeps the account's current label.
    pub label: Option<String>,
    /// The product's data about the linked account.
    pub metadata: serde_json::Map<String, serde_json::Value>,
    /// The origins of pages that may embed the session.
    pub origins: Vec<String>,
    /// The URL that the person returns to when linking ends. `None` if there is no such URL.
    pub return_url: Option<String>,
    /// The language of the pages. `None` follows the browser's setting.
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
    pub parameters: NewSession,
    /// When the session was created.
    pub created_at: Timestamp,
    /// When the last handoff expires. Until then, browsers that are already in the session may continue, even after the
    /// session has ended. `None` if no step was handed off.
    pub extended_until: Option<Timestamp>,
    /// When a browser first opened the link. `None` if no browser has opened it.
    pub opened_at: Option<Timestamp>,
    /// When StackOne's widget first used the token. `None` if it has not, or if the session is not single-use.
    pub widget_at: Option<Timestamp>,
    /// When the session linked its account, which ended it. `None` if it has not, or if it is not single-use.
    pub used_at: Option<Timestamp>,
    /// When the session was revoked. `None` if it has not been revoked.
    pub revoked_at: Option<Timestamp>,
}

impl Session {
    /// Returns whether a browser can still enter the session.
    pub fn is_open(&self, now: Timestamp) -> bool {
        !self.has_ended() && now < self.parameters.expires_at
    }

    /// Returns whether browsers that are already in the session may continue.
    pub fn may_continue(&self, now: Timestamp) -> bool {
        !self.has_ended() && now < self.ends_at()
    }

    /// Returns whether the session ended before it expired: it was revoked, or it is single-use and has linked its
    /// account.
    fn has_ended(&self) -> bool {
        self.revoked_at.is_some() || self.used_at.is_some()
    }

    /// Returns when the session ends for browsers that are already in it.
    pub fn ends_at(&self) -> Timestamp {
        self.extended_until.map_or(self.parameters.expires_at, |until| until.max(self.parameters.expires_at))
    }
}

impl Vault {
    /// Returns the session whose token has this digest, even if the session has ended. `None` if there is no such
    /// session.
    pub async fn session_by_token(&self, digest: &Digest) -> Result<Option<Session>, StoreError> {
        let query = sqlx::query("select * from sessions where digest = $1").bind(digest.bytes());
        self.optional(query, session).await
    }

    /// Returns the session with this number. `None` if the project has no such session.
    pub async fn session(&self, project: &str, seq: i64) -> Result<Option<Session>, StoreError> {
        let query = sqlx::query("select * from sessions where project_id = $1 and seq = $2");
        self.optional(query.bind(project).bind(seq), session).await
    }
}

impl Writer {
    /// Creates a session. Only the digest of its token is stored, so the token cannot be shown again.
    pub async fn add_session(&self, new: &NewSession, by: By<'_>) -> Result<(Session, Token), StoreError> {
        let token = Token::random("wst_")?;
        let mut work = self.begin().await?;
        let seq: i64 = sqlx::query_scalar(
            "insert into sessions (project_id, digest, kind, owner_id, owner_name, username, provider, \
             connector_profile_id, account_id, categories_json, multiple, once, allow_different, scopes_json, label, \
             metadata_json, origins_json, return_url, language, created_at, expires_at) \
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
        .bind(json(&new.categories))
        .bind(i64::from(new.multiple))
        .bind(i64::from(new.once))
        .bind(i64::from(new.allow_different))
        .bind(json(&new.scopes))
        .bind(new.label.clone())
        .bind(json(&new.metadata))
        .bind(json(&new.origins))
        .bind(new.return_url.clone())
        .bind(new.language.clone())
        .bind(stamp(by.at))
        .bind(stamp(new.expires_at))
        .fetch_one(work.tx())
        .await?;
        let detail = seq.to_string();
        audit::write(work.tx(), "session.created", Subject::Project(&new.project), Some(&detail), by).await?;
        work.commit().await?;
        let session = Session {
            seq,
            parameters: new.clone(),
            created_at: by.at,
            extended_until: None,
            opened_at: None,
            widget_at: None,
            used_at: None,
            revoked_at: None,
        };
        Ok((session, token))
    }
}

pub(crate) fn session(row: &DbRow) -> Result<Session, StoreError> {
    const TABLE: &str = "sessions";
    Ok(Session {
        seq: row.try_get("seq")?,
        parameters: NewSession {
            project: row.try_get("project_id")?,
            kind: parsed(row, TABLE, "kind")?,
            owner: owner(row)?,
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
            expires_at: parsed(row, TABLE, "expires_at")?,
        },
        created_at: parsed(row, TABLE, "created_at")?,
        extended_until: optional(row, TABLE, "extended_until")?,
        opened_at: optional(row, TABLE, "opened_at")?,
        widget_at: optional(row, TABLE, "widget_at")?,
        used_at: optional(row, TABLE, "used_at")?,
        revoked_at: optional(row, TABLE, "revoked_at")?,
    })
}
