//! Projects.
//!
//! **Invariant:** every item that the Hub stores belongs to one project.

use jiff::Timestamp;
use sqlx::Row as _;

use crate::account::Kind;
use crate::api_key::{self, NewKey};
use crate::audit::{self, Subject};
use crate::by::By;
use crate::database::DbRow;
use crate::error::StoreError;
use crate::id;
use crate::open::Vault;
use crate::row::{parsed, stamp};
use crate::scope::Scope;
use crate::token::Token;
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

impl Vault {
    /// Returns all projects, oldest first.
    pub async fn projects(&self) -> Result<Vec<Project>, StoreError> {
        self.all(sqlx::query("select * from projects order by created_at, id"), project).await
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
        let (name, kind) = ("first key", Kind::Production);
        let new = NewKey { project: &project.id, name, scopes, kind, expires_at: None };
        let (_, token) = api_key::insert(&mut work, &new, by).await?;
        work.commit().await?;
        Ok(Some((project, token)))
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

fn project(row: &DbRow) -> Result<Project, StoreError> {
    Ok(Project {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        created_at: parsed(row, "projects", "created_at")?,
    })
}
