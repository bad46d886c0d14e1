//! Projects and their API keys.
//!
//! **Invariant:** every item that the Hub stores belongs to one project. An API key gives access to one project and has
//! its own scopes. Only the digest of its token is stored.

use jiff::Timestamp;
use sqlx::Row as _;

use crate::account::Kind;
use crate::audit::{self, Subject};
use crate::by::By;
use crate::database::DbRow;
use crate::error::StoreError;
use crate::id;
use crate::open::Vault;
use crate::row::{damaged, from_json, json, optional, parsed, stamp};
use crate::scope::Scope;
use crate::token::{Digest, Token};
use crate::writer::{Work, Writer};

/// A product that uses the Hub, or part of a product, such as its staging environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// The project's id: `prj_` followed by 26 characters.
    pub id: String,
    /// The project's display name.
    pub name: String,
    /// When the project was created.
    pub created_at: Timestamp,
}

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
    /// When the key was revoked. `None` if the key has not been revoked.
    pub revoked_at: Option<Timestamp>,
}

impl Vault {
    /// Returns all projects, oldest first.
    pub async fn projects(&self) -> Result<Vec<Project>, StoreError> {
        self.all(sqlx::query("select * from projects order by created_at, id"), project).await
    }

    /// Returns the API key whose token has this digest. `None` if there is no such key, or if it has been revoked.
    pub async fn key_by_digest(&self, digest: &Digest) -> Result<Option<ApiKey>, StoreError> {
        let query = sqlx::query("select * from api_keys where digest = $1 and revoked_at is null");
        self.optional(query.bind(digest.bytes()), api_key).await
    }

    /// Returns a project's API keys, including revoked keys, oldest first.
    pub async fn keys_of(&self, project: &str) -> Result<Vec<ApiKey>, StoreError> {
        let query = sqlx::query("select * from api_keys where project_id = $1 order by created_at, id");
        self.all(query.bind(project), api_key).await
    }
}

impl Writer {
    /// Creates a project.
    pub async fn add_project(&self, name: &str, by: By<'_>) -> Result<Project, StoreError> {
        let mut work = self.begin().await?;
        let project = insert_project(&mut work, name, by).await?;
        work.commit().await?;
        Ok(project)
    }

    /// Creates the first project and its first API key when a Hub starts for the first time. `None` if a project
    /// already exists, even if another process has only just created it.
    pub async fn add_first_project(
        &self,
        name: &str,
        scopes: &[Scope],
        by: By<'_>,
    ) -> Result<Option<(Project, Token)>, StoreError> {
        let mut work = self.begin().await?;
        work.hold("projects", "first").await?;
        let count: i64 = sqlx::query_scalar("select count(*) from projects").fetch_one(work.tx()).await?;
        if count != 0 {
            return Ok(None);
        }
        let project = insert_project(&mut work, name, by).await?;
        let new = NewKey { project: &project.id, name: "first key", scopes, kind: Kind::Production };
        let (_, token) = insert_key(&mut work, &new, by).await?;
        work.commit().await?;
        Ok(Some((project, token)))
    }

    /// Creates an API key. Returns the key and the token that authenticates requests. Only the token's digest is
    /// stored, so the token cannot be shown again.
    pub async fn add_key(&self, new: &NewKey<'_>, by: By<'_>) -> Result<(ApiKey, Token), StoreError> {
        let mut work = self.begin().await?;
        let created = insert_key(&mut work, new, by).await?;
        work.commit().await?;
        Ok(created)
    }

    /// Revokes an API key. `false` if the project has no key with this id, or if the key was already revoked.
    pub async fn revoke_key(&self, project: &str, id: &str, by: By<'_>) -> Result<bool, StoreError> {
        let mut work = self.begin().await?;
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
}

async fn insert_project(work: &mut Work, name: &str, by: By<'_>) -> Result<Project, StoreError> {
    let project = Project { id: id::random("prj_")?, name: name.to_owned(), created_at: by.at };
    sqlx::query("insert into projects (id, name, created_at) values ($1, $2, $3)")
        .bind(project.id.clone())
        .bind(name)
        .bind(stamp(project.created_at))
        .execute(work.tx())
        .await?;
    audit::write(work.tx(), "project.created", Subject::Project(&project.id), Some(name), by).await?;
    Ok(project)
}

async fn insert_key(work: &mut Work, new: &NewKey<'_>, by: By<'_>) -> Result<(ApiKey, Token), StoreError> {
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
        revoked_at: None,
    };
    let scopes: Vec<&str> = new.scopes.iter().map(|scope| scope.as_str()).collect();
    sqlx::query(
        "insert into api_keys (id, project_id, name, digest, scopes_json, kind, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(key.id.clone())
    .bind(new.project)
    .bind(new.name)
    .bind(token.digest().bytes())
    .bind(json(scopes))
    .bind(new.kind.as_str())
    .bind(stamp(key.created_at))
    .execute(work.tx())
    .await?;
    audit::write(work.tx(), "api_key.created", Subject::Project(new.project), Some(&key.id), by).await?;
    Ok((key, token))
}

fn project(row: &DbRow) -> Result<Project, StoreError> {
    Ok(Project {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        created_at: parsed(row, "projects", "created_at")?,
    })
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
        revoked_at: optional(row, TABLE, "revoked_at")?,
    })
}
