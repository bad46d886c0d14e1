//! Connectors: the providers that can be linked, and a project's profiles for them.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use secret::Secret;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use vault::{By, ConnectorProfileChange, NewConnectorProfile, ProfileRemoval, Scope};

use crate::app::App;
use crate::caller::Caller;
use crate::connectors::{self, Connector, setup_fields};
use crate::guides::Edition;
use crate::wire::connector::{ConnectorImages, ConnectorMeta, ConnectorMethod, ConnectorResources};
use crate::wire::error::{ApiError, CONFLICT, INVALID_VALUE, NOT_FOUND};
use crate::wire::{Json, Segments, stamp};

/// Lists all providers that have a guide.
#[utoipa::path(
    get, path = "/connectors/meta", tag = "connectors",
    responses((status = 200, body = Vec<ConnectorMeta>, description = "The providers"))
)]
pub(super) async fn list_meta(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> Result<axum::Json<Vec<ConnectorMeta>>, ApiError> {
    caller.needs(Scope::ConnectorsRead)?;
    let connectors = app.connectors.of_project(caller.project()).await?;
    let editions = app.guides.snapshot();
    Ok(axum::Json(editions.values().map(|edition| described(&app, edition, &connectors)).collect()))
}

/// Returns a provider.
#[utoipa::path(
    get, path = "/connectors/meta/{provider}", tag = "connectors",
    params(("provider" = String, Path, description = "The provider's key")),
    responses((status = 200, body = ConnectorMeta, description = "The provider"))
)]
pub(super) async fn read_meta(
    State(app): State<Arc<App>>,
    caller: Caller,
    Segments(provider): Segments<String>,
) -> Result<axum::Json<ConnectorMeta>, ApiError> {
    caller.needs(Scope::ConnectorsRead)?;
    let edition = app.guides.edition(&provider).ok_or_else(no_provider)?;
    let connectors = app.connectors.of_project(caller.project()).await?;
    Ok(axum::Json(described(&app, &edition, &connectors)))
}

/// Returns a provider's icon. No key is needed.
pub(super) async fn icon(
    State(app): State<Arc<App>>,
    Segments(provider): Segments<String>,
) -> Result<Response, ApiError> {
    let none = || ApiError::new(&NOT_FOUND, "This icon does not exist");
    let edition = app.guides.edition(&provider).ok_or_else(none)?;
    let name = edition.guide.provider.icon.as_deref();
    let found = name.and_then(|name| Some((name, edition.assets.get(name)?.clone())));
    let (name, bytes) = found.unwrap_or_else(|| ("none.svg", connectors::letter_icon(&edition.guide).into()));
    let kind = match name.rsplit_once('.').map(|(_, end)| end) {
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => return Err(none()),
    };
    // An SVG in an `<img>` runs no scripts, but one that is opened directly could, so the policy forbids it.
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(kind)),
        (CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
        (
            HeaderName::from_static("content-security-policy"),
            HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox"),
        ),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin")),
    ];
    Ok((headers, bytes).into_response())
}

/// A project's settings for one method of a provider. StackOne calls it a connector profile or an integration.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConnectorProfile {
    /// The profile's id.
    id: String,
    /// The provider's key, for example `acme`.
    provider: String,
    /// The method's key, for example `api-key`.
    method: String,
    /// The profile's name.
    name: String,
    /// Whether accounts can be linked and used with the profile. Switching it off makes its accounts `inactive`.
    active: bool,
    /// Whether the profile exists without being created, because its method needs no setup.
    built_in: bool,
    /// The setup values that are not secret, by field key.
    values: BTreeMap<String, String>,
    /// The keys of the fields whose values are secret.
    secret_fields: Vec<String>,
    /// When the profile was created (RFC 3339, UTC). Null if it is built in.
    created_at: Option<String>,
    /// When the profile was last changed (RFC 3339, UTC). Null if it is built in.
    updated_at: Option<String>,
}

/// The settings of a new connector profile.
#[derive(Deserialize, ToSchema)]
pub(super) struct ConnectorProfileCreate {
    /// The provider's key, for example `acme`.
    provider: String,
    /// The method's key. Required if the provider has several methods.
    method: Option<String>,
    /// The profile's name, 1 to 100 printable characters. Defaults to the provider's name.
    name: Option<String>,
    /// Whether accounts can be linked and used with the profile. Defaults to true.
    active: Option<bool>,
    /// The setup values by field key, as the setup guide describes them.
    #[serde(default)]
    values: BTreeMap<String, String>,
}

/// Changes to a connector profile. Members that are left out stay unchanged.
#[derive(Deserialize, ToSchema)]
pub(super) struct ConnectorProfilePatch {
    /// The profile's name, 1 to 100 printable characters.
    name: Option<String>,
    /// Whether accounts can be linked and used with the profile.
    active: Option<bool>,
    /// The setup values to change, by field key.
    #[serde(default)]
    values: BTreeMap<String, String>,
}

/// Lists the project's connector profiles, including the built-in ones.
#[utoipa::path(
    get, path = "/connector_profiles", tag = "connectors",
    responses((status = 200, body = Vec<ConnectorProfile>, description = "The profiles"))
)]
pub(super) async fn list_profiles(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> Result<axum::Json<Vec<ConnectorProfile>>, ApiError> {
    caller.needs(Scope::ConnectorsRead)?;
    let all = app.connectors.of_project(caller.project()).await?;
    Ok(axum::Json(all.iter().map(profile).collect()))
}

/// Creates a connector profile.
#[utoipa::path(
    post, path = "/connector_profiles", tag = "connectors", request_body = ConnectorProfileCreate,
    responses((status = 201, body = ConnectorProfile, description = "The profile"))
)]
pub(super) async fn create_profile(
    State(app): State<Arc<App>>,
    caller: Caller,
    Json(body): Json<ConnectorProfileCreate>,
) -> Result<(StatusCode, axum::Json<ConnectorProfile>), ApiError> {
    caller.needs(Scope::ConnectorsWrite)?;
    let edition = app.guides.edition(&body.provider).ok_or_else(no_provider)?;
    let guide = &edition.guide;
    let method = match (&body.method, guide.methods.as_slice()) {
        (Some(key), _) => guide.method(key),
        (None, [only]) => Some(only),
        (None, _) => None,
    };
    let method = method.ok_or_else(|| {
        let known = guide::listed(guide.methods.iter().map(|method| method.key.as_str()));
        ApiError::new(&INVALID_VALUE, format!("`method` must be one of {known}"))
    })?;
    let (values, secrets) = setup_values(method, body.values)?;
    let there = |key: &str| values.contains_key(key) || secrets.contains_key(key);
    let missing = setup_fields(method).into_iter().find(|field| field.required && !there(field.key.as_str()));
    if let Some(field) = missing {
        let message = format!("`values.{}` is required (\"{}\")", field.key, field.label);
        return Err(ApiError::new(&INVALID_VALUE, message));
    }
    let new = NewConnectorProfile {
        provider: guide.provider.key.to_string(),
        method: method.key.to_string(),
        name: named(body.name.as_deref().unwrap_or(&guide.provider.name))?,
        active: body.active.unwrap_or(true),
        values,
        secrets,
    };
    let (actor, now) = (caller.actor(), Timestamp::now());
    let profile = app.vault.create_connector_profile(caller.project(), &new, By::new(&actor, now)).await?;
    Ok((StatusCode::CREATED, axum::Json(of_profile(&profile))))
}

/// Returns a connector profile.
#[utoipa::path(
    get, path = "/connector_profiles/{id}", tag = "connectors",
    params(("id" = String, Path, description = "The profile's id")),
    responses((status = 200, body = ConnectorProfile, description = "The profile"))
)]
pub(super) async fn read_profile(
    State(app): State<Arc<App>>,
    caller: Caller,
    Segments(id): Segments<String>,
) -> Result<axum::Json<ConnectorProfile>, ApiError> {
    caller.needs(Scope::ConnectorsRead)?;
    let found = app.connectors.find(caller.project(), &id).await?.ok_or_else(no_profile)?;
    Ok(axum::Json(profile(&found)))
}

/// Changes a connector profile.
#[utoipa::path(
    patch, path = "/connector_profiles/{id}", tag = "connectors",
    params(("id" = String, Path, description = "The profile's id")), request_body = ConnectorProfilePatch,
    responses((status = 200, body = ConnectorProfile, description = "The changed profile"))
)]
pub(super) async fn change_profile(
    State(app): State<Arc<App>>,
    caller: Caller,
    Segments(id): Segments<String>,
    Json(body): Json<ConnectorProfilePatch>,
) -> Result<axum::Json<ConnectorProfile>, ApiError> {
    caller.needs(Scope::ConnectorsWrite)?;
    let found = app.connectors.find(caller.project(), &id).await?.ok_or_else(no_profile)?;
    if found.profile.is_none() {
        let message = "This profile is built in and cannot be changed; create your own instead";
        return Err(ApiError::new(&CONFLICT, message));
    }
    let method = found.guide().method(&found.method).ok_or_else(no_profile)?;
    let (values, secrets) = setup_values(method, body.values)?;
    let name = body.name.as_deref().map(named).transpose()?;
    let change = ConnectorProfileChange { name, active: body.active, values, secrets };
    let (actor, now) = (caller.actor(), Timestamp::now());
    let changed = app.vault.change_connector_profile(caller.project(), &id, &change, By::new(&actor, now));
    let profile = changed.await?.ok_or_else(no_profile)?;
    Ok(axum::Json(of_profile(&profile)))
}

/// Deletes a connector profile.
///
/// Fails if accounts are linked with it.
#[utoipa::path(
    delete, path = "/connector_profiles/{id}", tag = "connectors",
    params(("id" = String, Path, description = "The profile's id")),
    responses((status = 204, description = "The profile is deleted"))
)]
pub(super) async fn remove_profile(
    State(app): State<Arc<App>>,
    caller: Caller,
    Segments(id): Segments<String>,
) -> Result<StatusCode, ApiError> {
    caller.needs(Scope::ConnectorsWrite)?;
    let found = app.connectors.find(caller.project(), &id).await?.ok_or_else(no_profile)?;
    if found.profile.is_none() {
        return Err(ApiError::new(&CONFLICT, "This profile is built in and cannot be deleted"));
    }
    let (actor, now) = (caller.actor(), Timestamp::now());
    match app.vault.remove_connector_profile(caller.project(), &id, By::new(&actor, now)).await? {
        ProfileRemoval::Removed => Ok(StatusCode::NO_CONTENT),
        ProfileRemoval::InUse => {
            Err(ApiError::new(&CONFLICT, "Accounts are linked with this profile; delete or move them first"))
        }
        ProfileRemoval::NotFound => Err(no_profile()),
    }
}

fn described(app: &App, edition: &Edition, connectors: &[Connector]) -> ConnectorMeta {
    let provider = &edition.guide.provider;
    let ids = |method: &str| -> Vec<String> {
        let own = connectors.iter().filter(|one| provider.key == *one.provider() && one.method == method);
        own.map(|one| one.id.clone()).collect()
    };
    ConnectorMeta {
        provider: provider.key.to_string(),
        provider_name: provider.name.clone(),
        category: provider.categories.first().cloned().unwrap_or_else(|| "other".to_owned()),
        categories: provider.categories.clone(),
        active: connectors.iter().any(|one| one.active && provider.key == *one.provider()),
        models: serde_json::Map::new(),
        resources: ConnectorResources {
            images: ConnectorImages {
                logo_url: connectors::icon_url(&app.public_url, provider.key.as_str()),
            },
        },
        methods: edition
            .guide
            .methods
            .iter()
            .map(|method| ConnectorMethod {
                key: method.key.to_string(),
                label: method.label.clone(),
                needs_setup: connectors::needs_profile(method),
                needs_browser: method.auth.needs_browser(),
                connector_profile_ids: ids(method.key.as_str()),
            })
            .collect(),
        guide_digest: edition.guide.digest.clone(),
    }
}

fn profile(connector: &Connector) -> ConnectorProfile {
    match &connector.profile {
        Some(profile) => of_profile(profile),
        None => ConnectorProfile {
            id: connector.id.clone(),
            provider: connector.provider().to_owned(),
            method: connector.method.clone(),
            name: connector.name.clone(),
            active: true,
            built_in: true,
            values: BTreeMap::new(),
            secret_fields: Vec::new(),
            created_at: None,
            updated_at: None,
        },
    }
}

fn of_profile(profile: &vault::ConnectorProfile) -> ConnectorProfile {
    ConnectorProfile {
        id: profile.id.clone(),
        provider: profile.provider.clone(),
        method: profile.method.clone(),
        name: profile.name.clone(),
        active: profile.active,
        built_in: false,
        values: profile.values.clone(),
        secret_fields: profile.secret_fields.clone(),
        created_at: Some(stamp(profile.created_at)),
        updated_at: Some(stamp(profile.updated_at)),
    }
}

/// Setup values by field key: the public ones, and the secret ones.
type SetupValues = (BTreeMap<String, String>, BTreeMap<String, Secret>);

/// Normalizes setup values and splits them into public and secret ones.
fn setup_values(method: &guide::Method, given: BTreeMap<String, String>) -> Result<SetupValues, ApiError> {
    let (mut values, mut secrets) = (BTreeMap::new(), BTreeMap::new());
    let fields = setup_fields(method);
    for (name, text) in given {
        let Some(field) = fields.iter().find(|field| field.key == *name) else {
            let known = guide::listed(fields.iter().map(|field| field.key.as_str()));
            let message = format!("`values` contains an unknown field; the setup's fields are {known}");
            return Err(ApiError::new(&INVALID_VALUE, message));
        };
        let text = Secret::new(text);
        let kept = field
            .keep(text.expose(), &method.environments)
            .map_err(|refused| ApiError::new(&INVALID_VALUE, format!("`values.{name}`: {}", refused.says)))?;
        if field.secret {
            secrets.insert(name, Secret::new(kept.value));
        } else {
            values.insert(name, kept.value);
        }
    }
    Ok((values, secrets))
}

fn named(name: &str) -> Result<String, ApiError> {
    let name = vault::display_name(name);
    name.map(str::to_owned).map_err(|error| ApiError::new(&INVALID_VALUE, format!("`name` {error}")))
}

fn no_provider() -> ApiError {
    ApiError::new(&NOT_FOUND, "No provider has this key")
}

fn no_profile() -> ApiError {
    ApiError::new(&NOT_FOUND, "No connector profile has this id")
}
