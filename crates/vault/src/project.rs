//! Projects, and the keys that act for them.
//!
//! **Invariant:** everything the Hub keeps belongs to one project; a key acts for one project, with the scopes it
//! was given, and is kept as a digest.

use jiff::Timestamp;
use sqlx::Row as _;

use crate::account::Kind;
use crate::database::DbRow;
use crate::error::StoreError;
use crate::id;
use crate::open::Vault;
use crate::row::{from_json, json, kind, optional_time, stamp, time};
use crate::seal::SealError;
use crate::token::{Digest, Token};

/// A product, or a part of one: what belongs together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Its id: `prj_` and 26 characters.
    pub id: String,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A key of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id: `key_` and 26 characters. Not the key itself, and safe to be seen.
    pub id: String,
    /// The project.
    pub project: String,
    /// What it is for, in words.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// A test key sees and makes nothing but what is for trying out.
    pub kind: Kind,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl Vault {
    /// Makes a project.
    pub async fn add_project(&self, name: &str, actor: &str, now: Timestamp) -> Result<Project, StoreError> {
        let id =
            id::random("prj_").map_err(SealError::Random).map_err(StoreError::seal("the new project"))?;
        let mut work = self.begin().await?;
        sqlx::query("insert into projects (id, name, created_at) values ($1, $2, $3)")
            .bind(id.clone())
            .bind(name)
            .bind(stamp(now))
            .execute(work.tx())
            .await?;
        crate::audit::write_of_project(work.tx(), "project.created", &id, actor, name, now).await?;
        work.commit().await?;
        Ok(Project { id, name: name.to_owned(), created_at: crate::row::whole_milliseconds(now) })
    }

    /// The projects, oldest first.
    pub async fn projects(&self) -> Result<Vec<Project>, StoreError> {
        let rows = sqlx::query("select id, name, created_at from projects order by created_at, id")
            .fetch_all(&self.readers)
            .await?;
        let project = |row: &DbRow| {
            Ok(Project {
                id: row.try_get("id")?,
                name: row.try_get("name")?,
                created_at: time(row, "projects", "created_at")?,
            })
        };
        rows.iter().map(project).collect()
    }

    /// The project with a first key, where there is none yet: for the first start. Whoever else starts at the same
    /// moment gets nothing.
    pub async fn found(
        &self,
        name: &str,
        scopes: &[&str],
        actor: &str,
        now: Timestamp,
    ) -> Result<Option<(Project, Token)>, StoreError> {
        let id =
            id::random("prj_").map_err(SealError::Random).map_err(StoreError::seal("the new project"))?;
        let mut work = self.begin().await?;
        work.hold("projects", "first").await?;
        let there: i64 = sqlx::query_scalar("select count(*) from projects").fetch_one(work.tx()).await?;
        if there != 0 {
            return Ok(None);
        }
        sqlx::query("insert into projects (id, name, created_at) values ($1, $2, $3)")
            .bind(id.clone())
            .bind(name)
            .bind(stamp(now))
            .execute(work.tx())
            .await?;
        crate::audit::write_of_project(work.tx(), "project.created", &id, actor, name, now).await?;
        let token = insert_key(&mut work, &id, "first key", scopes, Kind::Production, actor, now).await?.1;
        work.commit().await?;
        let project = Project { id, name: name.to_owned(), created_at: crate::row::whole_milliseconds(now) };
        Ok(Some((project, token)))
    }

    /// Makes a key of a project. The token is the key; it is not kept, so it cannot be shown again.
    pub async fn add_key(
        &self,
        project: &str,
        name: &str,
        scopes: &[&str],
        kind: Kind,
        actor: &str,
        now: Timestamp,
    ) -> Result<(ApiKey, Token), StoreError> {
        let mut work = self.begin().await?;
        let made = insert_key(&mut work, project, name, scopes, kind, actor, now).await?;
        work.commit().await?;
        Ok(made)
    }

    /// The key that somebody shows, unless it was revoked.
    pub async fn key_by_digest(&self, digest: &Digest) -> Result<Option<ApiKey>, StoreError> {
        let row = sqlx::query(
            "select id, project_id, name, scopes_json, kind, created_at, revoked_at from api_keys \
             where digest = $1 and revoked_at is null",
        )
        .bind(digest.bytes())
        .fetch_optional(&self.readers)
        .await?;
        row.as_ref().map(api_key).transpose()
    }

    /// The keys of a project, oldest first.
    pub async fn keys_of(&self, project: &str) -> Result<Vec<ApiKey>, StoreError> {
        let rows = sqlx::query(
            "select id, project_id, name, scopes_json, kind, created_at, revoked_at from api_keys \
             where project_id = $1 order by created_at, id",
        )
        .bind(project)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(api_key).collect()
    }

    /// Revokes a key; `false`: there is none with that id in the project that is not revoked.
    pub async fn revoke_key(
        &self,
        project: &str,
        id: &str,
        actor: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut work = self.begin().await?;
        let done = sqlx::query(
            "update api_keys set revoked_at = $3 where project_id = $1 and id = $2 and revoked_at is null",
        )
        .bind(project)
        .bind(id)
        .bind(stamp(now))
        .execute(work.tx())
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        crate::audit::write_of_project(work.tx(), "api_key.revoked", project, actor, id, now).await?;
        work.commit().await?;
        Ok(true)
    }
}

async fn insert_key(
    work: &mut crate::work::Work,
    project: &str,
    name: &str,
    scopes: &[&str],
    kind: Kind,
    actor: &str,
    now: Timestamp,
) -> Result<(ApiKey, Token), StoreError> {
    let id = id::random("key_").map_err(SealError::Random).map_err(StoreError::seal("the new key"))?;
    let token = Token::random(match kind {
        Kind::Production => "wak_live_",
        Kind::Test => "wak_test_",
    })?;
    let scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    sqlx::query(
        "insert into api_keys (id, project_id, name, digest, scopes_json, kind, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id.clone())
    .bind(project)
    .bind(name)
    .bind(token.digest().bytes())
    .bind(json(scopes.clone()))
    .bind(kind.as_str())
    .bind(stamp(now))
    .execute(work.tx())
    .await?;
    crate::audit::write_of_project(work.tx(), "api_key.created", project, actor, &id, now).await?;
    let created_at = crate::row::whole_milliseconds(now);
    let (project, name) = (project.to_owned(), name.to_owned());
    Ok((ApiKey { id, project, name, scopes, kind, created_at, revoked_at: None }, token))
}

fn api_key(row: &DbRow) -> Result<ApiKey, StoreError> {
    Ok(ApiKey {
        id: row.try_get("id")?,
        project: row.try_get("project_id")?,
        name: row.try_get("name")?,
        scopes: from_json(row, "api_keys", "scopes_json")?,
        kind: kind(row, "api_keys", "kind")?,
        created_at: time(row, "api_keys", "created_at")?,
        revoked_at: optional_time(row, "api_keys", "revoked_at")?,
    })
}
