//! Connector profiles: a project's own setup for a provider's method, such as an OAuth app.
//!
//! **Invariant:** the values of secret fields (an OAuth client secret, for example) are sealed; the profile contains
//! only their names. A change reads and writes the profile in the same transaction, so concurrent changes do not
//! overwrite each other and a deleted profile is not recreated.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use secret::Secret;
use sqlx::Row as _;

use crate::audit::{self, Subject};
use crate::by::By;
use crate::database::DbRow;
use crate::error::{ChangeError, StoreError};
use crate::id;
use crate::open::Vault;
use crate::row::{from_json, json, parsed, stamp};
use crate::sealed::{self, Content, Item, Opened};
use crate::writer::{Work, Writer};

/// The id prefix of stored profiles. Built-in connectors have ids of the form `provider.method`.
const PREFIX: &str = "cpr_";

/// A connector profile to create.
#[derive(Clone, Debug, Default)]
pub struct NewConnectorProfile {
    /// The key of the provider.
    pub provider: String,
    /// The key of the provider's method.
    pub method: String,
    /// The profile's display name.
    pub name: String,
    /// Whether accounts can be linked and used with the profile.
    pub active: bool,
    /// The values of public setup fields, by field key.
    pub values: BTreeMap<String, String>,
    /// The values of secret setup fields, by field key.
    pub secrets: BTreeMap<String, Secret>,
}

/// A change to a connector profile. Values that are `None` and fields missing from a map remain unchanged.
#[derive(Clone, Debug, Default)]
pub struct ConnectorProfileChange {
    /// The profile's display name.
    pub name: Option<String>,
    /// Whether accounts can be linked and used with the profile.
    pub active: Option<bool>,
    /// New values for public setup fields, by field key.
    pub values: BTreeMap<String, String>,
    /// New values for secret setup fields, by field key.
    pub secrets: BTreeMap<String, Secret>,
}

/// A connector profile whose secrets are still sealed, so it may stay in memory.
#[derive(Clone)]
pub struct SealedProfile {
    profile: ConnectorProfile,
    /// The row with the secrets. `None` if the row is missing, so that the profile does not open.
    sealed: Option<DbRow>,
}

impl SealedProfile {
    /// Returns the profile.
    pub fn profile(&self) -> &ConnectorProfile {
        &self.profile
    }
}

impl fmt::Debug for SealedProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedProfile").field("profile", &self.profile.id).finish_non_exhaustive()
    }
}

/// A connector profile, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectorProfile {
    /// The profile's id: `cpr_` followed by 26 characters.
    pub id: String,
    /// The id of the profile's project.
    pub project: String,
    /// The key of the provider.
    pub provider: String,
    /// The key of the provider's method.
    pub method: String,
    /// The profile's display name.
    pub name: String,
    /// Whether accounts can be linked and used with the profile.
    pub active: bool,
    /// The values of public setup fields, by field key.
    pub values: BTreeMap<String, String>,
    /// The keys of the secret setup fields that have a value, sorted.
    pub secret_fields: Vec<String>,
    /// When the profile was created.
    pub created_at: Timestamp,
    /// When the profile was last changed.
    pub updated_at: Timestamp,
}

/// The result of removing a connector profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileRemoval {
    /// The profile was removed.
    Removed,
    /// The profile was not removed, because accounts are linked with it.
    InUse,
    /// The project has no such profile.
    NotFound,
}

impl Vault {
    /// Returns the connector profile with this id, or `None` if the project has no such profile.
    pub async fn connector_profile(
        &self,
        project: &str,
        id: &str,
    ) -> Result<Option<ConnectorProfile>, StoreError> {
        self.optional(sqlx::query(SELECT).bind(project).bind(id), profile).await
    }

    /// Returns a project's connector profiles, sorted by provider and then by age, oldest first.
    pub async fn connector_profiles(&self, project: &str) -> Result<Vec<ConnectorProfile>, StoreError> {
        let query = sqlx::query(
            "select * from connector_profiles where project_id = $1 order by provider, created_at, id",
        );
        self.all(query.bind(project), profile).await
    }

    /// Reads a connector profile whose secrets stay sealed. `None` if the project has no such profile.
    pub async fn sealed_connector_profile(
        &self,
        project: &str,
        id: &str,
    ) -> Result<Option<SealedProfile>, StoreError> {
        let Some(profile) = self.connector_profile(project, id).await? else { return Ok(None) };
        let sealed = self.find_sealed(Content::ProfileSecrets, id).await?;
        Ok(Some(SealedProfile { profile, sealed }))
    }

    /// Opens the values of a connector profile's secret fields, by field key.
    pub async fn open_connector_profile(
        &self,
        sealed: &SealedProfile,
    ) -> Result<BTreeMap<String, Secret>, StoreError> {
        let opened = match &sealed.sealed {
            Some(row) => Some(self.open_sealed_row(row).await?),
            None => None,
        };
        secrets(&sealed.profile, opened)
    }

    /// Returns the values of a connector profile's secret fields, by field key.
    pub async fn connector_profile_secrets(
        &self,
        profile: &ConnectorProfile,
    ) -> Result<BTreeMap<String, Secret>, StoreError> {
        let opened = self.read_sealed(Content::ProfileSecrets, &profile.id).await?;
        secrets(profile, opened)
    }
}

impl Writer {
    /// Creates a connector profile.
    pub async fn create_connector_profile(
        &self,
        project: &str,
        new: &NewConnectorProfile,
        by: By<'_>,
    ) -> Result<ConnectorProfile, StoreError> {
        let created = ConnectorProfile {
            id: id::random(PREFIX)?,
            project: project.to_owned(),
            provider: new.provider.clone(),
            method: new.method.clone(),
            name: new.name.clone(),
            active: new.active,
            values: new.values.clone(),
            secret_fields: new.secrets.keys().cloned().collect(),
            created_at: by.at,
            updated_at: by.at,
        };
        let mut work = self.begin().await?;
        sqlx::query(
            "insert into connector_profiles (id, project_id, provider, method, name, active, values_json, \
             secret_fields_json, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(created.id.clone())
        .bind(project)
        .bind(created.provider.clone())
        .bind(created.method.clone())
        .bind(created.name.clone())
        .bind(i64::from(created.active))
        .bind(json(&created.values))
        .bind(json(&created.secret_fields))
        .bind(stamp(created.created_at))
        .bind(stamp(created.updated_at))
        .execute(work.tx())
        .await?;
        write_secrets(&mut work, &created, &new.secrets).await?;
        let subject = Subject::Project(project);
        audit::write(work.tx(), "connector_profile.created", subject, Some(&created.id), by).await?;
        work.commit().await?;
        Ok(created)
    }

    /// Changes a connector profile. Returns `None` if the project has no profile with this id.
    pub async fn change_connector_profile(
        &self,
        project: &str,
        id: &str,
        change: &ConnectorProfileChange,
        by: By<'_>,
    ) -> Result<Option<ConnectorProfile>, StoreError> {
        let mut work = self.begin().await?;
        let Some(old) = find(&mut work, project, id).await? else { return Ok(None) };
        let opened = work.read_sealed(Content::ProfileSecrets, id).await?;
        let mut secrets = secrets(&old, opened)?;
        secrets.extend(change.secrets.clone());
        let mut new = ConnectorProfile { updated_at: by.at, ..old };
        if let Some(name) = &change.name {
            new.name.clone_from(name);
        }
        new.active = change.active.unwrap_or(new.active);
        new.values.extend(change.values.clone());
        new.secret_fields = secrets.keys().cloned().collect();
        sqlx::query(
            "update connector_profiles set name = $2, active = $3, values_json = $4, secret_fields_json = $5, \
             updated_at = $6 where id = $1",
        )
        .bind(id)
        .bind(new.name.clone())
        .bind(i64::from(new.active))
        .bind(json(&new.values))
        .bind(json(&new.secret_fields))
        .bind(stamp(new.updated_at))
        .execute(work.tx())
        .await?;
        write_secrets(&mut work, &new, &secrets).await?;
        audit::write(work.tx(), "connector_profile.updated", Subject::Project(project), Some(id), by).await?;
        work.commit().await?;
        Ok(Some(new))
    }

    /// Removes a connector profile, unless an account is linked with it.
    pub async fn remove_connector_profile(
        &self,
        project: &str,
        id: &str,
        by: By<'_>,
    ) -> Result<ProfileRemoval, StoreError> {
        let mut work = self.begin().await?;
        if find(&mut work, project, id).await?.is_none() {
            return Ok(ProfileRemoval::NotFound);
        }
        let done = sqlx::query(
            "delete from connector_profiles where project_id = $1 and id = $2 \
             and not exists (select 1 from accounts where project_id = $1 and connector_profile_id = $2)",
        )
        .bind(project)
        .bind(id)
        .execute(work.tx())
        .await?;
        if done.rows_affected() == 0 {
            return Ok(ProfileRemoval::InUse);
        }
        sealed::delete(work.tx(), Content::ProfileSecrets, id).await?;
        audit::write(work.tx(), "connector_profile.deleted", Subject::Project(project), Some(id), by).await?;
        work.commit().await?;
        Ok(ProfileRemoval::Removed)
    }
}

const SELECT: &str = "select * from connector_profiles where project_id = $1 and id = $2";

/// Prevents a profile from being removed until the transaction that stores an account ends. Fails if the profile has
/// already been removed.
pub(crate) async fn hold_for_account(work: &mut Work, id: &str) -> Result<(), ChangeError> {
    if !id.starts_with(PREFIX) {
        return Ok(());
    }
    work.hold_shared("connector_profile", id).await?;
    let found: i64 = sqlx::query_scalar("select count(*) from connector_profiles where id = $1")
        .bind(id)
        .fetch_one(work.tx())
        .await?;
    if found == 0 {
        return Err(ChangeError::NoConnectorProfile { id: id.to_owned() });
    }
    Ok(())
}

/// Locks the profile with this id until the transaction ends, and returns it. Returns `None` if the project has no such
/// profile.
async fn find(work: &mut Work, project: &str, id: &str) -> Result<Option<ConnectorProfile>, StoreError> {
    work.hold("connector_profile", id).await?;
    let row = sqlx::query(SELECT).bind(project).bind(id).fetch_optional(work.tx()).await?;
    row.as_ref().map(profile).transpose()
}

async fn write_secrets(
    work: &mut Work,
    profile: &ConnectorProfile,
    secrets: &BTreeMap<String, Secret>,
) -> Result<(), StoreError> {
    let values: serde_json::Map<String, serde_json::Value> =
        secrets.iter().map(|(name, value)| (name.clone(), value.expose().into())).collect();
    let plain = Secret::new(serde_json::Value::Object(values).to_string());
    let item = Item {
        content: Content::ProfileSecrets,
        key: &profile.id,
        binding: &profile.project,
        expires_at: None,
    };
    work.write_sealed(&item, &plain, profile.updated_at).await
}

fn secrets(
    profile: &ConnectorProfile,
    opened: Option<Opened>,
) -> Result<BTreeMap<String, Secret>, StoreError> {
    let damaged = || StoreError::damaged(format!("the secrets of connector profile {}", profile.id));
    let opened = opened.filter(|opened| opened.binding == profile.project).ok_or_else(damaged)?;
    let values: BTreeMap<String, String> =
        serde_json::from_str(opened.plain.expose()).map_err(|_| damaged())?;
    Ok(values.into_iter().map(|(name, value)| (name, Secret::new(value))).collect())
}

fn profile(row: &DbRow) -> Result<ConnectorProfile, StoreError> {
    const TABLE: &str = "connector_profiles";
    Ok(ConnectorProfile {
        id: row.try_get("id")?,
        project: row.try_get("project_id")?,
        provider: row.try_get("provider")?,
        method: row.try_get("method")?,
        name: row.try_get("name")?,
        active: row.try_get::<i64, _>("active")? != 0,
        values: from_json(row, TABLE, "values_json")?,
        secret_fields: from_json(row, TABLE, "secret_fields_json")?,
        created_at: parsed(row, TABLE, "created_at")?,
        updated_at: parsed(row, TABLE, "updated_at")?,
    })
}
