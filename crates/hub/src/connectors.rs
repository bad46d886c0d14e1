//! The connectors that a project can link accounts with: its own connector profiles, and built-in connectors for
//! methods that do not need a profile.
//!
//! A method that an admin must set up first (with an OAuth app, for example) is available once the project has a
//! connector profile for it. Every other method has a built-in connector, with the id `provider.method`, until the
//! project has its own profile for the method.
//!
//! **Invariant:** every id is safe in a path without escaping. StackOne's widget relies on this, because it does not
//! escape ids.

use std::collections::BTreeSet;
use std::sync::Arc;

use guide::{Field, Guide, Key, Method};
use secret::Secret;
use url::Url;
use vault::{Account, ConnectorProfile, Session, StoreError, Vault};

use crate::guides::{Edition, Guides};
use crate::wire::error::{ApiError, NOT_FOUND};

/// A provider's method that a project can link accounts with, and the project's settings for it.
#[derive(Clone, Debug)]
pub(crate) struct Connector {
    /// The connector profile's id, or `provider.method` for a built-in connector.
    pub(crate) id: String,
    /// The provider's current guide.
    pub(crate) edition: Arc<Edition>,
    /// The method's key.
    pub(crate) method: String,
    /// The name shown to people.
    pub(crate) name: String,
    /// Whether accounts can be linked and used with the connector.
    pub(crate) active: bool,
    /// The project's settings; `None` for a built-in connector.
    pub(crate) profile: Option<ConnectorProfile>,
}

impl Connector {
    /// Returns the provider's key.
    pub(crate) fn provider(&self) -> &str {
        self.edition.guide.provider.key.as_str()
    }

    /// Returns the provider's current guide.
    pub(crate) fn guide(&self) -> &Guide {
        &self.edition.guide
    }
}

/// Returns the provider's first category; `other` if it has none.
pub(crate) fn category(guide: &Guide) -> &str {
    guide.provider.categories.first().map_or("other", String::as_str)
}

/// Returns the id of a built-in connector: `provider.method`.
pub(crate) fn built_in_id(provider: &str, method: &str) -> String {
    format!("{provider}.{method}")
}

/// Returns whether an id is a built-in connector's rather than a profile's.
pub(crate) fn is_built_in(id: &str) -> bool {
    id.contains('.')
}

/// Returns the fields that an admin fills in once, when creating a profile.
pub(crate) fn setup_fields(method: &Method) -> Vec<&Field> {
    let Some(setup) = &method.setup else { return Vec::new() };
    let collected = |field: &&Field| {
        setup.steps().any(|(_, step)| step.collects.contains(&field.key))
            && method.collected_at(field.key.as_str()).is_none()
    };
    method.fields.iter().filter(collected).collect()
}

/// Whether a method requires a connector profile.
pub(crate) fn needs_profile(method: &Method) -> bool {
    setup_fields(method).iter().any(|field| field.required)
}

/// Finds the connectors that are available to projects and sessions.
pub(crate) struct Connectors {
    vault: Arc<Vault>,
    guides: Arc<Guides>,
}

impl Connectors {
    pub(crate) fn new(vault: Arc<Vault>, guides: Arc<Guides>) -> Self {
        Self { vault, guides }
    }

    /// Returns all of a project's connectors, sorted by provider name.
    pub(crate) async fn of_project(&self, project: &str) -> Result<Vec<Connector>, StoreError> {
        let profiles = self.vault.connector_profiles(project).await?;
        let editions = self.guides.snapshot();
        let mut connectors: Vec<Connector> =
            editions.values().flat_map(|edition| of_provider(edition, &profiles)).collect();
        connectors.sort_by(|a, b| {
            let name = |one: &Connector| one.guide().provider.name.to_lowercase();
            name(a).cmp(&name(b)).then_with(|| a.id.cmp(&b.id))
        });
        Ok(connectors)
    }

    /// Returns the active connectors that match the session's provider, profile and categories.
    pub(crate) async fn of_session(&self, session: &Session) -> Result<Vec<Connector>, StoreError> {
        let mut all = self.of_project(&session.parameters.project).await?;
        all.retain(|one| is_for(session, one));
        Ok(all)
    }

    /// Returns the connector with this id. Fails if the session cannot link accounts with it.
    pub(crate) async fn in_session(&self, session: &Session, id: &str) -> Result<Connector, ApiError> {
        let found = self.find(&session.parameters.project, id).await?.filter(|one| is_for(session, one));
        found.ok_or_else(|| ApiError::new(&NOT_FOUND, "This session has no connector with this id"))
    }

    /// Returns a project's connector by its id, whether or not it is active.
    pub(crate) async fn find(&self, project: &str, id: &str) -> Result<Option<Connector>, StoreError> {
        // Rejects strings that cannot be ids, because not every database can handle arbitrary characters.
        if !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-')) {
            return Ok(None);
        }
        if let Some((provider, _)) = id.split_once('.') {
            let Some(edition) = self.guides.edition(provider) else { return Ok(None) };
            let profiles = self.vault.connector_profiles(project).await?;
            let found = of_provider(&edition, &profiles).into_iter().find(|one| one.id == id);
            // An account linked before the project had its own profile keeps the built-in connector.
            let built_in = || {
                let methods = &edition.guide.methods;
                let method = methods.iter().find(|one| built_in_id(provider, one.key.as_str()) == id)?;
                Some(Connector { active: false, ..built_in(&edition, method) })
            };
            return Ok(found.or_else(built_in));
        }
        let Some(profile) = self.vault.connector_profile(project, id).await? else { return Ok(None) };
        Ok(self.guides.edition(&profile.provider).map(|edition| configured(&edition, &profile)))
    }

    /// Returns the ids of a project's disabled profiles. Built-in connectors cannot be disabled.
    pub(crate) async fn switched_off(&self, project: &str) -> Result<BTreeSet<String>, StoreError> {
        let profiles = self.vault.connector_profiles(project).await?;
        Ok(profiles.into_iter().filter(|profile| !profile.active).map(|profile| profile.id).collect())
    }

    /// Whether an account's connector profile is active.
    pub(crate) async fn is_active(&self, account: &Account) -> Result<bool, StoreError> {
        let Some(home) = account.home.as_ref().filter(|home| !is_built_in(&home.connector_profile)) else {
            return Ok(true);
        };
        let profile = self.vault.connector_profile(&home.project, &home.connector_profile).await?;
        Ok(profile.is_none_or(|profile| profile.active))
    }

    /// Returns the values that an admin entered for a connector. These values are the same for all of the product's
    /// customers.
    pub(crate) async fn setup_values(&self, connector: &Connector) -> Result<Vec<(Key, Secret)>, StoreError> {
        let Some(profile) = &connector.profile else { return Ok(Vec::new()) };
        let secrets = self.vault.connector_profile_secrets(profile).await?;
        Ok(driver::values(&profile.values, &secrets).into_iter().collect())
    }
}

/// Whether a session can link accounts with a connector.
fn is_for(session: &Session, connector: &Connector) -> bool {
    let parameters = &session.parameters;
    let provider = parameters.provider.as_deref().is_none_or(|key| key == connector.provider());
    let profile = parameters.connector_profile.as_deref().is_none_or(|id| id == connector.id);
    let categories = &connector.guide().provider.categories;
    let category =
        parameters.categories.is_empty() || categories.iter().any(|one| parameters.categories.contains(one));
    connector.active && provider && profile && category
}

/// Returns a provider's connectors, based on the project's profiles.
fn of_provider(edition: &Arc<Edition>, profiles: &[ConnectorProfile]) -> Vec<Connector> {
    let mut connectors = Vec::new();
    for method in &edition.guide.methods {
        let is_own = |profile: &&ConnectorProfile| {
            edition.guide.provider.key == *profile.provider && method.key == *profile.method
        };
        let before = connectors.len();
        connectors.extend(profiles.iter().filter(is_own).map(|profile| configured(edition, profile)));
        if connectors.len() == before && !needs_profile(method) {
            connectors.push(built_in(edition, method));
        }
    }
    connectors
}

/// Returns the connector for a project's own profile.
pub(crate) fn configured(edition: &Arc<Edition>, profile: &ConnectorProfile) -> Connector {
    Connector {
        id: profile.id.clone(),
        edition: Arc::clone(edition),
        method: profile.method.clone(),
        name: profile.name.clone(),
        // Accounts cannot be linked with a method that the guide no longer has.
        active: profile.active && edition.guide.method(&profile.method).is_some(),
        profile: Some(profile.clone()),
    }
}

fn built_in(edition: &Arc<Edition>, method: &Method) -> Connector {
    let provider = &edition.guide.provider;
    let name = match edition.guide.methods.as_slice() {
        [_] => provider.name.clone(),
        _ => format!("{} ({})", provider.name, method.label),
    };
    Connector {
        id: built_in_id(provider.key.as_str(), method.key.as_str()),
        edition: Arc::clone(edition),
        method: method.key.to_string(),
        name,
        active: true,
        profile: None,
    }
}

/// Returns the absolute URL of a provider's icon, for API clients.
pub(crate) fn icon_url(public_url: &Url, provider: &str) -> String {
    format!("{public_url}connectors/{provider}/icon")
}

/// Draws an icon for a provider whose guide does not include one: the first letter of the provider's name.
pub(crate) fn letter_icon(guide: &Guide) -> String {
    let letter = guide.provider.name.chars().find(|ch| ch.is_alphanumeric()).unwrap_or('?');
    let letter: String = letter.to_uppercase().collect();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 48 48\"><rect width=\"48\" height=\"48\" rx=\"10\" \
         fill=\"#475569\"/><text x=\"24\" y=\"32\" font-family=\"sans-serif\" font-size=\"24\" font-weight=\"600\" \
         text-anchor=\"middle\" fill=\"#fff\">{letter}</text></svg>"
    )
}
