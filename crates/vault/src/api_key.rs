//! API keys: who can create them, how long they work, and when they were last used.
//!
//! **Invariant:** an API key gives access to one project. Only the digest of its token is stored. A key that creates
//! another key gives it no more rights than it has itself: no other scopes, no production data if it is a test key, and
//! no later expiry. Only an operator can grant the scopes for which [`Scope::needs_operator`] is true. A key's scopes,
//! type and expiry never change.

use jiff::{SignedDuration, Timestamp, ToSpan as _};
use sqlx::Row as _;
use strum::IntoStaticStr;
use thiserror::Error;

use crate::account::Kind;
use crate::audit::{self, Subject};
use crate::by::By;
use crate::database::DbRow;
use crate::error::StoreError;
use crate::id;
use crate::open::Vault;
use crate::row::{damaged, from_json, json, optional, parsed, stamp, whole_milliseconds};
use crate::scope::Scope;
use crate::token::{Digest, Token};
use crate::writer::{Work, Writer};

/// The minimum time between two recorded uses of a key.
pub const KEY_USE_INTERVAL: SignedDuration = SignedDuration::from_mins(1);

/// The minimum number of seconds between two recorded refusals of the same key. This prevents someone who has a revoked
/// key from filling the audit trail.
const REFUSAL_INTERVAL: i64 = 60 * 60;

/// An API key to create.
#[derive(Clone, Copy, Debug)]
pub struct NewKey<'a> {
    /// The id of the project that the key gives access to.
    pub project: &'a str,
    /// The key's display name.
    pub name: &'a str,
    /// The key's permissions.
    pub scopes: &'a [Scope],
    /// A test key can read and create only test data.
    pub kind: Kind,
    /// When the key stops working. `None` if it does not expire.
    pub expires_at: Option<Timestamp>,
}

/// An API key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// The key's id: `key_` followed by 26 characters. The id is not secret and cannot be used to authenticate
    /// requests.
    pub id: String,
    /// The id of the project that the key gives access to.
    pub project: String,
    /// The key's display name.
    pub name: String,
    /// The key's permissions.
    pub scopes: Vec<Scope>,
    /// A test key can read and create only test data.
    pub kind: Kind,
    /// When the key was created.
    pub created_at: Timestamp,
    /// When the key stops working. `None` if it does not expire.
    pub expires_at: Option<Timestamp>,
    /// When the key was revoked. `None` if the key has not been revoked.
    pub revoked_at: Option<Timestamp>,
    /// When the key was last used. The recorded time can be up to a minute too early. `None` if the key has never been
    /// used.
    pub last_used_at: Option<Timestamp>,
    /// When the audit trail last recorded that the key was refused. `None` if it never did.
    pub refused_at: Option<Timestamp>,
}

/// Whether an API key works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum KeyState {
    /// The key works.
    Active,
    /// The key has expired.
    Expired,
    /// The key has been revoked.
    Revoked,
}

/// Why an API key cannot create another key.
#[derive(Debug, Error)]
pub enum GrantError {
    /// The key has been revoked, has expired, or belongs to another project.
    #[error("the key no longer works")]
    Inactive,
    /// The new key would have a scope that only an operator can grant.
    #[error("only an operator can grant the scope `{}`", .0.as_str())]
    Operator(Scope),
    /// The new key would have a scope that the key does not have.
    #[error("the key does not have the scope `{}`", .0.as_str())]
    Scope(Scope),
    /// The new key would be a production key, but the key is a test key.
    #[error("the key is a test key")]
    Kind,
    /// The new key would expire later than the key, or never.
    #[error("the key expires earlier, at {0}")]
    Expiry(Timestamp),
    /// The vault could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ApiKey {
    /// Returns whether the key works at this time.
    pub fn state(&self, now: Timestamp) -> KeyState {
        if self.revoked_at.is_some() {
            KeyState::Revoked
        } else if self.expires_at.is_some_and(|end| end <= now) {
            KeyState::Expired
        } else {
            KeyState::Active
        }
    }

    /// Returns an error if a new key would have more rights than this key.
    fn may_grant(&self, new: &NewKey<'_>) -> Result<(), GrantError> {
        for scope in new.scopes {
            if scope.needs_operator() {
                return Err(GrantError::Operator(*scope));
            }
            if !self.scopes.contains(scope) {
                return Err(GrantError::Scope(*scope));
            }
        }
        if self.kind == Kind::Test && new.kind == Kind::Production {
            return Err(GrantError::Kind);
        }
        match self.expires_at {
            Some(end) if new.expires_at.is_none_or(|new_end| end < new_end) => Err(GrantError::Expiry(end)),
            _ => Ok(()),
        }
    }
}

impl Vault {
    /// Returns the API key whose token has this digest, even if the key has been revoked or has expired. `None` if
    /// there is no such key.
    pub async fn key_by_digest(&self, digest: &Digest) -> Result<Option<ApiKey>, StoreError> {
        self.optional(sqlx::query("select * from api_keys where digest = $1").bind(digest.bytes()), api_key)
            .await
    }

    /// Returns the API key with this id, even if the key has been revoked or has expired. `None` if there is no such key.
    pub async fn key_by_id(&self, id: &str) -> Result<Option<ApiKey>, StoreError> {
        self.optional(sqlx::query("select * from api_keys where id = $1").bind(id), api_key).await
    }

    /// Returns a project's API keys, including revoked and expired keys, oldest first.
    pub async fn keys_of(&self, project: &str) -> Result<Vec<ApiKey>, StoreError> {
        let query = sqlx::query("select * from api_keys where project_id = $1 order by created_at, id");
        self.all(query.bind(project), api_key).await
    }
}

impl Writer {
    /// Creates an API key for an operator, who can grant every scope. Returns the key and the token that authenticates
    /// requests. Only the token's digest is stored, so the token cannot be shown again.
    pub async fn add_key(&self, new: &NewKey<'_>, by: By<'_>) -> Result<(ApiKey, Token), StoreError> {
        let mut work = self.begin().await?;
        let created = insert(&mut work, new, by).await?;
        work.commit().await?;
        Ok(created)
    }

    /// Creates an API key for the holder of another key, whose id is `grantor`. Fails if the new key would have more
    /// rights than the other key. Otherwise, works like [`Writer::add_key`].
    pub async fn grant_key(
        &self,
        grantor: &str,
        new: &NewKey<'_>,
        by: By<'_>,
    ) -> Result<(ApiKey, Token), GrantError> {
        let mut work = self.begin().await?;
        work.hold_shared(HELD, grantor).await?;
        let row = sqlx::query("select * from api_keys where project_id = $1 and id = $2")
            .bind(new.project)
            .bind(grantor)
            .fetch_optional(work.tx())
            .await
            .map_err(StoreError::from)?;
        let own = row.as_ref().map(api_key).transpose()?;
        let own = own.filter(|key| key.state(by.at) == KeyState::Active).ok_or(GrantError::Inactive)?;
        own.may_grant(new)?;
        let created = insert(&mut work, new, by).await?;
        work.commit().await?;
        Ok(created)
    }

    /// Revokes an API key. `false` if the project has no key with this id, or if the key was already revoked.
    pub async fn revoke_key(&self, project: &str, id: &str, by: By<'_>) -> Result<bool, StoreError> {
        let mut work = self.begin().await?;
        work.hold(HELD, id).await?;
        let done = sqlx::query(
            "update api_keys set revoked_at = $3 where project_id = $1 and id = $2 and revoked_at is null",
        )
        .bind(project)
        .bind(id)
        .bind(stamp(by.at))
        .execute(work.tx())
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        audit::write(work.tx(), "api_key.revoked", Subject::Project(project), Some(id), by).await?;
        work.commit().await?;
        Ok(true)
    }

    /// Records that a key was used, unless a use within the last minute is already recorded. Returns whether the use
    /// was recorded. The commit is not synced, because nothing depends on the recorded time.
    pub async fn record_key_use(&self, id: &str, now: Timestamp) -> Result<bool, StoreError> {
        let mut work = self.begin_unsynced().await?;
        let done = sqlx::query(
            "update api_keys set last_used_at = $2 where id = $1 and (last_used_at is null or last_used_at <= $3)",
        )
        .bind(id)
        .bind(stamp(now))
        .bind(stamp(seconds_before(now, KEY_USE_INTERVAL.as_secs())))
        .execute(work.tx())
        .await?;
        work.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// Records a request with a revoked or expired key in the project's audit trail, unless the trail already has such
    /// an entry about the same key from the last hour. `detail` says why the key was refused, and where the request
    /// came from.
    pub async fn record_refused_key(
        &self,
        key: &ApiKey,
        detail: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let since = seconds_before(now, REFUSAL_INTERVAL);
        // This check only saves a transaction. The statement below decides, because another process may have
        // recorded a refusal.
        if key.refused_at.is_some_and(|at| since < at) {
            return Ok(());
        }
        let mut work = self.begin().await?;
        let done = sqlx::query(
            "update api_keys set refused_at = $2 where id = $1 and (refused_at is null or refused_at <= $3)",
        )
        .bind(key.id.clone())
        .bind(stamp(now))
        .bind(stamp(since))
        .execute(work.tx())
        .await?;
        if done.rows_affected() == 0 {
            return Ok(());
        }
        let actor = format!("key:{}", key.id);
        let subject = Subject::Project(&key.project);
        audit::write(work.tx(), "api_key.refused", subject, Some(detail), By::new(&actor, now)).await?;
        work.commit().await
    }
}

/// The kind of name to lock so that a key cannot be revoked while it creates another key.
const HELD: &str = "api_key";

fn seconds_before(now: Timestamp, seconds: i64) -> Timestamp {
    now.saturating_sub(seconds.seconds()).unwrap_or(now)
}

/// Inserts an API key and its audit entry.
pub(crate) async fn insert(
    work: &mut Work,
    new: &NewKey<'_>,
    by: By<'_>,
) -> Result<(ApiKey, Token), StoreError> {
    let token = Token::random(match new.kind {
        Kind::Production => "wak_live_",
        Kind::Test => "wak_test_",
    })?;
    let key = ApiKey {
        id: id::random("key_")?,
        project: new.project.to_owned(),
        name: new.name.to_owned(),
        scopes: new.scopes.to_vec(),
        kind: new.kind,
        created_at: by.at,
        expires_at: new.expires_at.map(whole_milliseconds),
        revoked_at: None,
        last_used_at: None,
        refused_at: None,
    };
    let scopes: Vec<&str> = new.scopes.iter().map(|scope| scope.as_str()).collect();
    sqlx::query(
        "insert into api_keys (id, project_id, name, digest, scopes_json, kind, created_at, expires_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(key.id.clone())
    .bind(new.project)
    .bind(new.name)
    .bind(token.digest().bytes())
    .bind(json(scopes))
    .bind(new.kind.as_str())
    .bind(stamp(key.created_at))
    .bind(key.expires_at.map(stamp))
    .execute(work.tx())
    .await?;
    audit::write(work.tx(), "api_key.created", Subject::Project(new.project), Some(&key.id), by).await?;
    Ok((key, token))
}

fn api_key(row: &DbRow) -> Result<ApiKey, StoreError> {
    const TABLE: &str = "api_keys";
    let scopes: Vec<String> = from_json(row, TABLE, "scopes_json")?;
    let scopes: Result<_, _> = scopes.iter().map(|scope| scope.parse()).collect();
    Ok(ApiKey {
        id: row.try_get("id")?,
        project: row.try_get("project_id")?,
        name: row.try_get("name")?,
        scopes: scopes.map_err(|_| damaged(TABLE, "scopes_json"))?,
        kind: parsed(row, TABLE, "kind")?,
        created_at: parsed(row, TABLE, "created_at")?,
        expires_at: optional(row, TABLE, "expires_at")?,
        revoked_at: optional(row, TABLE, "revoked_at")?,
        last_used_at: optional(row, TABLE, "last_used_at")?,
        refused_at: optional(row, TABLE, "refused_at")?,
    })
}
