//! Connect sessions: a customer's leave to link accounts for a while.
//!
//! **Invariant:** a session is let in by its token, or by a browser that opened its link, until it ends; it belongs
//! to one project and one owner, and neither token nor browser secret is kept but as a digest.

use jiff::Timestamp;
use sqlx::Row as _;

use crate::account::{Kind, Owner};
use crate::database::DbRow;
use crate::error::StoreError;
use crate::open::Vault;
use crate::row::{from_json, json, kind, optional_time, stamp, time, whole_milliseconds};
use crate::token::{Digest, Token};

/// A session to be made.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// The project.
    pub project: String,
    /// Whether what is linked counts.
    pub kind: Kind,
    /// Whose accounts are linked.
    pub owner: Owner,
    /// The only provider that may be linked.
    pub provider: Option<String>,
    /// The only connector configuration that may be used.
    pub connector_profile: Option<String>,
    /// The account that is edited.
    pub account: Option<String>,
    /// The only categories that are offered; all, if empty.
    pub categories: Vec<String>,
    /// Whether another account is linked though the owner has one at the provider.
    pub multiple: bool,
    /// Whether another account at the provider may take the place of the one that is linked.
    pub allow_different: bool,
    /// The provider's scopes that are wanted; none: all.
    pub scopes: Option<Vec<String>>,
    /// Whether the link works in one browser only: the first that opens it.
    pub once: bool,
    /// What the account will be called.
    pub label: Option<String>,
    /// What the product keeps with the account.
    pub metadata: serde_json::Map<String, serde_json::Value>,
    /// The pages that may embed it.
    pub origins: Vec<String>,
    /// Where the person goes when done.
    pub return_url: Option<String>,
    /// The language of the pages.
    pub language: Option<String>,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A session.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its number.
    pub seq: i64,
    /// What it was made with.
    pub made: NewSession,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when those go on who are in already, should that be after it ends: a step was handed on.
    pub goes_on_until: Option<Timestamp>,
    /// When its link was first opened.
    pub opened_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl Session {
    /// Whether it lets anybody in.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.made.expires_at
    }

    /// Whether those go on who are in already.
    pub fn goes_on(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.ends_at()
    }

    /// When it ends for those who are in.
    pub fn ends_at(&self) -> Timestamp {
        self.goes_on_until.map_or(self.made.expires_at, |until| until.max(self.made.expires_at))
    }
}

/// The columns that [`session`] reads.
macro_rules! session_columns {
    () => {
        "s.seq, s.project_id, s.kind, s.owner_id, s.owner_name, s.username, s.provider, s.connector_profile_id, s.account_id, \
         s.categories_json, s.multiple, s.once, s.allow_different, s.scopes_json, s.label, s.metadata_json, s.origins_json, s.return_url, s.language, \
         s.created_at, s.expires_at, s.goes_on_until, s.opened_at, s.revoked_at"
    };
}
pub(crate) use session_columns;

impl Vault {
    /// Makes a session. The token lets in; it is not kept, so it cannot be shown again.
    pub async fn add_session(
        &self,
        new: &NewSession,
        actor: &str,
        now: Timestamp,
    ) -> Result<(Session, Token), StoreError> {
        let token = Token::random("wst_")?;
        let now = whole_milliseconds(now);
        let mut work = self.begin().await?;
        let row = sqlx::query(
            "insert into sessions (project_id, digest, kind, owner_id, owner_name, username, provider, connector_profile_id, \
             account_id, categories_json, multiple, once, allow_different, scopes_json, label, metadata_json, \
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
        .bind(stamp(now))
        .bind(stamp(whole_milliseconds(new.expires_at)))
        .fetch_one(work.tx())
        .await?;
        let seq: i64 = row.try_get("seq")?;
        let detail = seq.to_string();
        crate::audit::write_of_project(work.tx(), "session.created", &new.project, actor, &detail, now)
            .await?;
        work.commit().await?;
        let session = Session {
            seq,
            made: new.clone(),
            created_at: now,
            goes_on_until: None,
            opened_at: None,
            revoked_at: None,
        };
        Ok((session, token))
    }

    /// The session whose token somebody shows, open or not.
    pub async fn session_by_token(&self, digest: &Digest) -> Result<Option<Session>, StoreError> {
        let row = sqlx::query(concat!("select ", session_columns!(), " from sessions s where s.digest = $1"))
            .bind(digest.bytes())
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(session).transpose()
    }

    /// A session of a project by its number.
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

    /// Ends a session; `false`: the project has none with that number that is not ended.
    pub async fn revoke_session(
        &self,
        project: &str,
        seq: i64,
        actor: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut work = self.begin().await?;
        let done = sqlx::query(
            "update sessions set revoked_at = $3 where project_id = $1 and seq = $2 and revoked_at is null",
        )
        .bind(project)
        .bind(seq)
        .bind(stamp(now))
        .execute(work.tx())
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        let detail = seq.to_string();
        crate::audit::write_of_project(work.tx(), "session.revoked", project, actor, &detail, now).await?;
        work.commit().await?;
        Ok(true)
    }

    /// Forgets sessions that ended before a moment, with their browsers and attempts.
    pub async fn forget_sessions(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut work = self.begin().await?;
        sqlx::query("delete from attempts where expires_at < $1")
            .bind(stamp(before))
            .execute(work.tx())
            .await?;
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
        goes_on_until: optional_time(row, TABLE, "goes_on_until")?,
        opened_at: optional_time(row, TABLE, "opened_at")?,
        revoked_at: optional_time(row, TABLE, "revoked_at")?,
    })
}
