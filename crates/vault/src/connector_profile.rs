//! Connector configurations: what a project has set for a method of a provider.
//!
//! **Invariant:** what is secret of it (an OAuth client's secret, say) lies under seal, and only its names are here.

use std::collections::BTreeMap;

use jiff::Timestamp;
use secret::Secret;
use sqlx::Row as _;

use crate::database::DbRow;
use crate::error::StoreError;
use crate::id;
use crate::open::Vault;
use crate::row::{from_json, json, object, stamp, time, whole_milliseconds};
use crate::seal::SealError;

/// Sealed with a configuration; kept until it is deleted.
const FOREVER: &str = "9999-12-31T00:00:00Z";

/// A configuration to be kept.
#[derive(Clone, Debug, Default)]
pub struct NewConnectorProfile {
    /// The key of the provider.
    pub provider: String,
    /// The key of the method.
    pub method: String,
    /// What it is called.
    pub name: String,
    /// Whether accounts can be linked and used with it.
    pub active: bool,
    /// The public fields of the setup, by name.
    pub values: BTreeMap<String, String>,
    /// The secret ones.
    pub secrets: BTreeMap<String, Secret>,
}

/// A configuration, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectorProfile {
    /// Its id: `cpr_` and 26 characters.
    pub id: String,
    /// The project.
    pub project: String,
    /// The key of the provider.
    pub provider: String,
    /// The key of the method.
    pub method: String,
    /// What it is called.
    pub name: String,
    /// Whether accounts can be linked and used with it.
    pub active: bool,
    /// The public fields of the setup, by name.
    pub values: BTreeMap<String, String>,
    /// The names of the secret ones.
    pub secret_fields: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// The columns that [`connector_profile`] reads.
macro_rules! connector_profile_columns {
    () => {
        "id, project_id, provider, method, name, active, values_json, secret_fields_json, created_at, updated_at"
    };
}

impl Vault {
    /// Keeps a configuration: a new one, or over the one with this id, whose secrets stay where no new ones are given.
    pub async fn keep_connector_profile(
        &self,
        project: &str,
        id: Option<&str>,
        new: &NewConnectorProfile,
        actor: &str,
        now: Timestamp,
    ) -> Result<Option<ConnectorProfile>, StoreError> {
        let now = whole_milliseconds(now);
        let old = match id {
            Some(id) => match self.connector_profile(project, id).await? {
                Some(old) => Some(old),
                None => return Ok(None),
            },
            None => None,
        };
        let mut secrets = match &old {
            Some(old) => self.connector_profile_secrets(old).await?,
            None => BTreeMap::new(),
        };
        secrets.extend(new.secrets.iter().map(|(name, value)| (name.clone(), value.clone())));
        let id = match &old {
            Some(old) => old.id.clone(),
            None => id::random("cpr_")
                .map_err(SealError::Random)
                .map_err(StoreError::seal("the new configuration"))?,
        };
        let names: Vec<String> = secrets.keys().cloned().collect();
        let mut work = self.begin().await?;
        sqlx::query(
            "insert into connector_profiles (id, project_id, provider, method, name, active, values_json, \
             secret_fields_json, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
             on conflict (id) do update set name = excluded.name, active = excluded.active, \
             values_json = excluded.values_json, secret_fields_json = excluded.secret_fields_json, \
             updated_at = excluded.updated_at",
        )
        .bind(id.clone())
        .bind(project)
        .bind(new.provider.clone())
        .bind(new.method.clone())
        .bind(new.name.clone())
        .bind(i64::from(new.active))
        .bind(json(object(&new.values)))
        .bind(json(names))
        .bind(stamp(old.as_ref().map_or(now, |old| old.created_at)))
        .bind(stamp(now))
        .execute(work.tx())
        .await?;
        let text: serde_json::Map<String, serde_json::Value> =
            secrets.iter().map(|(name, value)| (name.clone(), value.expose().into())).collect();
        let forever = FOREVER.parse().unwrap_or(Timestamp::MAX);
        let sealed = Secret::new(serde_json::Value::Object(text).to_string());
        crate::draft::write(&mut work, &draft_key(&id), "", &sealed, now, forever).await?;
        let event = if old.is_some() { "connector_profile.updated" } else { "connector_profile.created" };
        crate::audit::write_of_project(work.tx(), event, project, actor, &id, now).await?;
        work.commit().await?;
        self.connector_profile(project, &id).await
    }

    /// The configuration with an id, if the project has it.
    pub async fn connector_profile(
        &self,
        project: &str,
        id: &str,
    ) -> Result<Option<ConnectorProfile>, StoreError> {
        let row = sqlx::query(concat!(
            "select ",
            connector_profile_columns!(),
            " from connector_profiles where project_id = $1 and id = $2"
        ))
        .bind(project)
        .bind(id)
        .fetch_optional(&self.readers)
        .await?;
        row.as_ref().map(connector_profile).transpose()
    }

    /// The configurations of a project, by provider and age.
    pub async fn connector_profiles(&self, project: &str) -> Result<Vec<ConnectorProfile>, StoreError> {
        let rows = sqlx::query(concat!(
            "select ",
            connector_profile_columns!(),
            " from connector_profiles where project_id = $1 order by provider, created_at, id"
        ))
        .bind(project)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(connector_profile).collect()
    }

    /// What is secret of a configuration.
    pub async fn connector_profile_secrets(
        &self,
        connector_profile: &ConnectorProfile,
    ) -> Result<BTreeMap<String, Secret>, StoreError> {
        let Some(draft) = self.load_draft(&draft_key(&connector_profile.id), Timestamp::UNIX_EPOCH).await?
        else {
            return Ok(BTreeMap::new());
        };
        let map: BTreeMap<String, String> = serde_json::from_str(draft.snapshot.expose()).map_err(|_| {
            StoreError::damaged(format!("the secrets of configuration {}", connector_profile.id))
        })?;
        Ok(map.into_iter().map(|(name, value)| (name, Secret::new(value))).collect())
    }

    /// Deletes a configuration. `false`: there is none, or accounts were linked with it.
    pub async fn remove_connector_profile(
        &self,
        project: &str,
        id: &str,
        actor: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut work = self.begin().await?;
        let done = sqlx::query(
            "delete from connector_profiles where project_id = $1 and id = $2 \
             and not exists (select 1 from accounts where project_id = $1 and connector_profile_id = $2)",
        )
        .bind(project)
        .bind(id)
        .execute(work.tx())
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        crate::draft::delete(work.tx(), &draft_key(id)).await?;
        crate::audit::write_of_project(work.tx(), "connector_profile.deleted", project, actor, id, now)
            .await?;
        work.commit().await?;
        Ok(true)
    }
}

fn draft_key(id: &str) -> String {
    format!("connector_profile/{id}")
}

fn connector_profile(row: &DbRow) -> Result<ConnectorProfile, StoreError> {
    Ok(ConnectorProfile {
        id: row.try_get("id")?,
        project: row.try_get("project_id")?,
        provider: row.try_get("provider")?,
        method: row.try_get("method")?,
        name: row.try_get("name")?,
        active: row.try_get::<i64, _>("active")? != 0,
        values: from_json(row, "connector_profiles", "values_json")?,
        secret_fields: from_json(row, "connector_profiles", "secret_fields_json")?,
        created_at: time(row, "connector_profiles", "created_at")?,
        updated_at: time(row, "connector_profiles", "updated_at")?,
    })
}
