//! The providers with their connectors, and a project's connector profiles.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use secret::Secret;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use vault::{ConnectorProfileChange, NewConnectorProfile, ProfileRemoval, Scope};

use crate::access::AppState;
use crate::app::App;
use crate::caller::Caller;
use crate::connectors::{self, Connector, configured, setup_fields};
use crate::guides::Edition;
use crate::wire::connector::{ConnectorImages, ConnectorMeta, ConnectorMethod, ConnectorResources};
use crate::wire::error::{ApiError, CONFLICT, INVALID_VALUE, NOT_FOUND};
use crate::wire::{Json, Path, Reply, StatusReply, display_name, refuse_unknown, stamp};

/// Lists all providers that have a guide.
#[utoipa::path(
    get, path = "/connectors/meta", operation_id = "list_connectors_meta", tag = "connectors",
    responses((status = 200, body = Vec<ConnectorMeta>, description = "The providers"))
)]
pub(super) async fn list_meta(app: AppState, caller: Caller) -> Reply<Vec<ConnectorMeta>> {
    caller.needs(Scope::ConnectorsRead)?;
    let connectors = app.connectors.of_project(caller.project()).await?;
    let editions = app.guides.snapshot();
    Ok(axum::Json(editions.values().map(|edition| described(&app, edition, &connectors)).collect()))
}

/// Returns a provider.
#[utoipa::path(
    get, path = "/connectors/meta/{provider}", operation_id = "get_connector_meta", tag = "connectors",
    params(("provider", description = "The provider's key")),
    responses((status = 200, body = ConnectorMeta, description = "The provider"))
)]
pub(super) async fn read_meta(
    app: AppState,
    caller: Caller,
    Path(provider): Path<String>,
) -> Reply<ConnectorMeta> {
    caller.needs(Scope::ConnectorsRead)?;
    let edition = app.guides.edition(&provider).ok_or_else(no_provider)?;
    let connectors = app.connectors.of_project(caller.project()).await?;
    Ok(axum::Json(described(&app, &edition, &connectors)))
}

/// Returns a provider's icon. No API key is needed.
pub(super) async fn icon(app: AppState, Path(provider): Path<String>) -> Result<Response, ApiError> {
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
    let headers = [
        ("content-type", kind),
        ("cache-control", "public, max-age=3600"),
        // Browsers do not run an SVG's scripts inside an `<img>`. If the SVG is opened directly, this policy blocks
        // them.
        ("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox"),
        ("cross-origin-resource-policy", "cross-origin"),
    ];
    Ok((headers, bytes).into_response())
}

/// A project's settings for one method of a provider. StackOne calls it a connector profile or an integration. Production
/// and test sessions use the same profiles, so test keys can read profiles but not change them.
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
    /// Whether accounts can be linked and used with the profile. Deactivating the profile makes its accounts
    /// `inactive`.
    active: bool,
    /// Whether this is a built-in connector. A method that needs no setup has a built-in connector until the project
    /// creates a profile for the method.
    built_in: bool,
    /// The non-secret setup values, by field key.
    values: BTreeMap<String, String>,
    /// The keys of the fields whose values are secret.
    secret_fields: Vec<String>,
    /// When the profile was created (RFC 3339, UTC). Null for a built-in connector.
    created_at: Option<String>,
    /// When the profile was last changed (RFC 3339, UTC). Null for a built-in connector.
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
    /// Members that the Hub does not know.
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Map<String, Value>,
}

/// Changes to a connector profile. Omitted members stay unchanged.
#[derive(Deserialize, ToSchema)]
pub(super) struct ConnectorProfilePatch {
    /// The profile's name, 1 to 100 printable characters.
    name: Option<String>,
    /// Whether accounts can be linked and used with the profile.
    active: Option<bool>,
    /// The setup values to change, by field key.
    #[serde(default)]
    values: BTreeMap<String, String>,
    /// Members that the Hub does not know.
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Map<String, Value>,
}

/// Lists the project's connector profiles and built-in connectors.
#[utoipa::path(
    get, path = "/connector_profiles", operation_id = "list_connector_profiles", tag = "connectors",
    responses((status = 200, body = Vec<ConnectorProfile>, description = "The profiles"))
)]
pub(super) async fn list_profiles(app: AppState, caller: Caller) -> Reply<Vec<ConnectorProfile>> {
    caller.needs(Scope::ConnectorsRead)?;
    let all = app.connectors.of_project(caller.project()).await?;
    Ok(axum::Json(all.iter().map(shown).collect()))
}

/// Creates a connector profile.
#[utoipa::path(
    post, path = "/connector_profiles", operation_id = "create_connector_profile", tag = "connectors",
    responses((status = 201, body = ConnectorProfile, description = "The profile"))
)]
pub(super) async fn create_profile(
    app: AppState,
    caller: Caller,
    Json(body): Json<ConnectorProfileCreate>,
) -> Result<(StatusCode, axum::Json<ConnectorProfile>), ApiError> {
    caller.needs_for_production(Scope::ConnectorsWrite)?;
    refuse_unknown::<ConnectorProfileCreate>(&body.unknown)?;
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
        name: display_name(body.name.as_deref().unwrap_or(&guide.provider.name))?,
        active: body.active.unwrap_or(true),
        values,
        secrets,
    };
    let profile = app.vault.create_connector_profile(caller.project(), &new, caller.by()).await?;
    Ok((StatusCode::CREATED, axum::Json(shown(&configured(&edition, &profile)))))
}

/// Returns a connector profile.
#[utoipa::path(
    get, path = "/connector_profiles/{id}", operation_id = "get_connector_profile", tag = "connectors",
    params(("id", description = "The profile's id")),
    responses((status = 200, body = ConnectorProfile, description = "The profile"))
)]
pub(super) async fn read_profile(
    app: AppState,
    caller: Caller,
    Path(id): Path<String>,
) -> Reply<ConnectorProfile> {
    caller.needs(Scope::ConnectorsRead)?;
    let found = app.connectors.find(caller.project(), &id).await?.ok_or_else(no_profile)?;
    Ok(axum::Json(shown(&found)))
}

/// Changes a connector profile.
#[utoipa::path(
    patch, path = "/connector_profiles/{id}", operation_id = "update_connector_profile", tag = "connectors",
    params(("id", description = "The profile's id")),
    responses((status = 200, body = ConnectorProfile, description = "The changed profile"))
)]
pub(super) async fn change_profile(
    app: AppState,
    caller: Caller,
    Path(id): Path<String>,
    Json(body): Json<ConnectorProfilePatch>,
) -> Reply<ConnectorProfile> {
    caller.needs_for_production(Scope::ConnectorsWrite)?;
    refuse_unknown::<ConnectorProfilePatch>(&body.unknown)?;
    let found = app.connectors.find(caller.project(), &id).await?.ok_or_else(no_profile)?;
    if found.profile.is_none() {
        let message = "A built-in connector cannot be changed; create a connector profile instead";
        return Err(ApiError::new(&CONFLICT, message));
    }
    let method = found.guide().method(&found.method).ok_or_else(no_profile)?;
    let (values, secrets) = setup_values(method, body.values)?;
    let name = body.name.as_deref().map(display_name).transpose()?;
    let change = ConnectorProfileChange { name, active: body.active, values, secrets };
    let changed = app.vault.change_connector_profile(caller.project(), &id, &change, caller.by()).await?;
    Ok(axum::Json(shown(&configured(&found.edition, &changed.ok_or_else(no_profile)?))))
}

/// Deletes a connector profile.
///
/// Fails if any accounts are linked with the profile.
#[utoipa::path(
    delete, path = "/connector_profiles/{id}", operation_id = "delete_connector_profile", tag = "connectors",
    params(("id", description = "The profile's id")),
    responses((status = 204, description = "The profile was deleted"))
)]
pub(super) async fn remove_profile(app: AppState, caller: Caller, Path(id): Path<String>) -> StatusReply {
    caller.needs_for_production(Scope::ConnectorsWrite)?;
    let found = app.connectors.find(caller.project(), &id).await?.ok_or_else(no_profile)?;
    if found.profile.is_none() {
        return Err(ApiError::new(&CONFLICT, "A built-in connector cannot be deleted"));
    }
    match app.vault.remove_connector_profile(caller.project(), &id, caller.by()).await? {
        ProfileRemoval::Removed => Ok(StatusCode::NO_CONTENT),
        ProfileRemoval::InUse => {
            Err(ApiError::new(&CONFLICT, "Accounts are linked with this profile; delete or move them first"))
        }
        ProfileRemoval::NotFound => Err(no_profile()),
    }
}

fn described(app: &App, edition: &Edition, connectors: &[Connector]) -> ConnectorMeta {
    let provider = &edition.guide.provider;
    let logo_url = connectors::icon_url(&app.public_url, provider.key.as_str());
    let connectors = || connectors.iter().filter(|one| provider.key == *one.provider());
    let method = |method: &guide::Method| ConnectorMethod {
        key: method.key.to_string(),
        label: method.label.clone(),
        needs_setup: connectors::needs_profile(method),
        needs_browser: method.auth.needs_browser(),
        connector_profile_ids: connectors()
            .filter(|one| method.key == *one.method)
            .map(|one| one.id.clone())
            .collect(),
    };
    ConnectorMeta {
        provider: provider.key.to_string(),
        provider_name: provider.name.clone(),
        category: connectors::category(&edition.guide).to_owned(),
        categories: provider.categories.clone(),
        active: connectors().any(|one| one.active),
        models: serde_json::Map::new(),
        resources: ConnectorResources { images: ConnectorImages { logo_url } },
        methods: edition.guide.methods.iter().map(method).collect(),
        guide_digest: edition.guide.digest.clone(),
    }
}

fn shown(connector: &Connector) -> ConnectorProfile {
    let profile = connector.profile.as_ref();
    ConnectorProfile {
        id: connector.id.clone(),
        provider: connector.provider().to_owned(),
        method: connector.method.clone(),
        name: connector.name.clone(),
        active: profile.is_none_or(|profile| profile.active),
        built_in: profile.is_none(),
        values: profile.map(|profile| profile.values.clone()).unwrap_or_default(),
        secret_fields: profile.map(|profile| profile.secret_fields.clone()).unwrap_or_default(),
        created_at: profile.map(|profile| stamp(profile.created_at)),
        updated_at: profile.map(|profile| stamp(profile.updated_at)),
    }
}

/// The public and the secret setup values, both by field key.
type SetupValues = (BTreeMap<String, String>, BTreeMap<String, Secret>);

/// Normalizes setup values and splits them into public values and secret values.
fn setup_values(method: &guide::Method, given: BTreeMap<String, String>) -> Result<SetupValues, ApiError> {
    let (mut values, mut secrets) = (BTreeMap::new(), BTreeMap::new());
    let fields = setup_fields(method);
    for (name, text) in given {
        let field = fields.iter().find(|field| field.key == *name).ok_or_else(|| {
            let known = guide::listed(fields.iter().map(|field| field.key.as_str()));
            let message = format!("`values` contains an unknown field; the setup's fields are {known}");
            ApiError::new(&INVALID_VALUE, message)
        })?;
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

fn no_provider() -> ApiError {
    ApiError::new(&NOT_FOUND, "No provider has this key")
}

fn no_profile() -> ApiError {
    ApiError::new(&NOT_FOUND, "No connector profile has this id")
}
