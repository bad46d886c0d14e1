//! What StackOne's widget asks: settings, connectors, accounts. Its protocol, to the letter.
//!
//! **Invariant:** 401 is for the session alone; a refused credential is never answered with 401 or 403.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use driver::is_field_name;
use guide::Key;
use secret::Secret;
use serde_json::{Map, Value};
use vault::{Account, StoreError};

use crate::app::App;
use crate::caller::Visitor;
use crate::client::Client;
use crate::connectors::{self, Connector};
use crate::linking::{Linking, refusal};
use crate::widget;
use crate::wire::connector::{
    HubAccount, HubAccountBody, HubAccountCreated, HubConnector, HubConnectorConfig, HubConnectors,
    HubSettings,
};
use crate::wire::error::{ApiError, CONFLICT, ErrorBody, INVALID_VALUE};
use crate::wire::{Json, Query, Segments};

/// What stands for a secret that is kept: the widget draws dots and leaves it out of what it sends. Nothing of the
/// secret follows, as it could: the widget would show that in the clear.
const KEPT: &str = "__secretvalue:**redacted**";

/// What the widget asks first.
#[utoipa::path(
    get, path = "/hub/settings", tag = "hub", security(("session" = [])),
    responses(
        (status = 200, body = HubSettings, description = "Settings"),
        (status = "default", body = ErrorBody, description = "Why not")
    )
)]
pub(super) async fn settings(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Result<axum::Json<HubSettings>, ApiError> {
    let existing = existing(&app, &visitor).await?.map(|account| account.id.to_string());
    Ok(axum::Json(HubSettings { enabled_features: Vec::new(), existing_account_id: existing }))
}

/// The provider of an account that is edited.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ConnectorsOf {
    /// Only of this provider.
    provider: Option<String>,
}

/// What can be linked in the session.
#[utoipa::path(
    get, path = "/hub/connectors", tag = "hub", security(("session" = [])), params(ConnectorsOf),
    responses(
        (status = 200, body = HubConnectors, description = "What can be linked"),
        (status = "default", body = ErrorBody, description = "Why not")
    )
)]
pub(super) async fn connectors(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Query(of): Query<ConnectorsOf>,
) -> Result<axum::Json<HubConnectors>, ApiError> {
    let mut all = app.connectors.of_session(&visitor.session).await?;
    if let Some(provider) = &of.provider {
        all.retain(|one| one.provider() == provider);
        // Who edits is shown the first of a provider: that has to be the one the account was linked with.
        if let Some(account) = existing(&app, &visitor).await? {
            let own = account.home.map(|home| home.connector_profile);
            all.sort_by_key(|one| Some(&one.id) != own.as_ref());
        }
    }
    let connectors = all.iter().map(|one| listed(&app, one)).collect();
    Ok(axum::Json(HubConnectors { connectors }))
}

/// The form of something that can be linked.
#[utoipa::path(
    get, path = "/hub/connectors/{id}", tag = "hub", security(("session" = [])),
    params(("id" = String, Path, description = "The id in the list of connectors")),
    responses(
        (status = 200, body = HubConnectorConfig, description = "The form"),
        (status = "default", body = ErrorBody, description = "Why not")
    )
)]
pub(super) async fn connector(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Segments(id): Segments<String>,
) -> Result<axum::Json<HubConnectorConfig>, ApiError> {
    let connector = app.connectors.in_session(&visitor.session, &id).await?;
    let guide = app.editions.pinned(&visitor.session, &connector.edition).await?;
    let config = widget::form(&app.brand, &app.public_url, &guide, &connector);
    Ok(axum::Json(HubConnectorConfig { config, hub_settings: Map::new() }))
}

/// Links an account: checks what was typed, and stores it if it works.
#[utoipa::path(
    post, path = "/hub/accounts", tag = "hub", security(("session" = [])), request_body = HubAccountBody,
    responses(
        (status = 201, body = HubAccountCreated, description = "The account"),
        (status = "default", body = ErrorBody, description = "Why not; `provider_response` is what the provider said")
    )
)]
pub(super) async fn link(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    client: Client,
    Json(body): Json<HubAccountBody>,
) -> Result<(StatusCode, axum::Json<HubAccountCreated>), ApiError> {
    let connector = app.connectors.in_session(&visitor.session, &body.integration_id).await?;
    let (environment, typed) = typed(body.credentials)?;
    let linking = Linking::begin(&app, &visitor.session, connector, None).await?;
    let account = through(&app, &client, linking, environment.as_deref(), &typed).await?;
    let created = HubAccountCreated { id: account.id.to_string(), provider: account.provider };
    Ok((StatusCode::CREATED, axum::Json(created)))
}

/// An account, to be edited. Of its secrets it says that they are kept, and nothing else.
#[utoipa::path(
    get, path = "/hub/accounts/{id}", tag = "hub", security(("session" = [])),
    params(("id" = String, Path, description = "The account's id")),
    responses(
        (status = 200, body = HubAccount, description = "The account"),
        (status = "default", body = ErrorBody, description = "Why not")
    )
)]
pub(super) async fn account(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Segments(id): Segments<String>,
) -> Result<axum::Json<HubAccount>, ApiError> {
    let account = app.session_accounts.by_id(&visitor.session, &id).await?;
    let profile = account.home.as_ref().map(|home| home.connector_profile.clone()).unwrap_or_default();
    let mut setup = account.values.clone();
    if let Some(environment) = &account.environment {
        setup.insert(widget::ENVIRONMENT.to_owned(), environment.clone());
    }
    Ok(axum::Json(HubAccount {
        secure_id: account.id.to_string(),
        provider: account.provider.clone(),
        version: account.method.clone(),
        integration_id: profile,
        setup_information: setup,
        secrets: account
            .secret_fields
            .iter()
            .filter(|name| is_field_name(name))
            .map(|field| (field.clone(), KEPT))
            .collect(),
        auth_config_key: account.method,
        environment: "production",
    }))
}

/// Edits an account: what is left out stays; all of it is checked again before it is stored.
#[utoipa::path(
    patch, path = "/hub/accounts/{id}", tag = "hub", security(("session" = [])),
    params(("id" = String, Path, description = "The account's id")),
    request_body = HubAccountBody,
    responses(
        (status = 200, body = HubAccountCreated, description = "The account"),
        (status = "default", body = ErrorBody, description = "Why not; `provider_response` is what the provider said")
    )
)]
pub(super) async fn edit(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    client: Client,
    Segments(id): Segments<String>,
    Json(body): Json<HubAccountBody>,
) -> Result<axum::Json<HubAccountCreated>, ApiError> {
    let account = app.session_accounts.by_id(&visitor.session, &id).await?;
    // The widget names the first connector of the account's provider, which need not be the account's own.
    let own = account.home.as_ref().map(|home| home.connector_profile.clone()).unwrap_or_default();
    let connector = match app.connectors.in_session(&visitor.session, &own).await {
        Ok(own) => own,
        Err(_) => app.connectors.in_session(&visitor.session, &body.integration_id).await?,
    };
    if connector.provider() != account.provider || connector.method != account.method {
        return Err(ApiError::new(&CONFLICT, "The account was linked in another way; link it anew"));
    }
    let (environment, typed) = typed(body.credentials)?;
    let linking = Linking::begin(&app, &visitor.session, connector, Some(account)).await?;
    let account = through(&app, &client, linking, environment.as_deref(), &typed).await?;
    Ok(axum::Json(HubAccountCreated { id: account.id.to_string(), provider: account.provider }))
}

/// All the way: what was typed is checked, and the account stored. Who asks so cannot be asked back, so a first link is
/// taken as confirmed, and an account that is another than before is refused.
async fn through(
    app: &App,
    client: &Client,
    mut linking: Linking,
    environment: Option<&str>,
    typed: &[(Key, Secret)],
) -> Result<Account, ApiError> {
    let known = &linking.flow.method().environments;
    if environment.is_some_and(|key| !known.is_empty() && !known.iter().any(|one| one.key.as_str() == key)) {
        // Not passed over: the account would be looked for where it was linked before.
        return Err(ApiError::new(&INVALID_VALUE, "This connector has no such environment"));
    }
    let environment = environment.or_else(|| linking.only_environment());
    let environment = environment.map(str::to_owned);
    linking.submit(environment.as_deref(), typed);
    if let Some(account) = linking.link(app, client).await? {
        return Ok(account);
    }
    let unfinished = || ApiError::new(&CONFLICT, "The checks did not come to an end; try again");
    Err(refusal(&linking.flow, &linking.attempt.id).unwrap_or_else(unfinished))
}

/// The environment that is chosen, and what was typed.
type Typed = (Option<String>, Vec<(Key, Secret)>);

/// The values of a body, which are texts; a number is taken as it is written.
fn typed(credentials: BTreeMap<String, Value>) -> Result<Typed, ApiError> {
    let (mut environment, mut typed) = (None, Vec::new());
    for (name, value) in credentials {
        let text = match value {
            Value::String(text) => Secret::new(text),
            Value::Number(number) => Secret::new(number.to_string()),
            Value::Bool(yes) => Secret::new(yes.to_string()),
            Value::Null => continue,
            Value::Array(_) | Value::Object(_) => {
                return Err(ApiError::new(&INVALID_VALUE, "The values of `credentials` are texts"));
            }
        };
        // A mark that was sent back says that the secret is to stay.
        if text.expose().starts_with(KEPT) {
            continue;
        }
        if name == widget::ENVIRONMENT {
            environment = Some(text.expose().to_owned());
        } else if let Some(key) = Key::parse(&name) {
            typed.push((key, text));
        }
    }
    Ok((environment, typed))
}

/// The account that the session edits: the one it was made for, or the one that its owner has at its provider.
async fn existing(app: &App, visitor: &Visitor) -> Result<Option<Account>, StoreError> {
    let session = &visitor.session;
    match session.made.provider.as_deref() {
        Some(provider) => Ok(app.session_accounts.at(session, provider).await?.into_iter().next()),
        None => app.session_accounts.named(session).await,
    }
}

fn listed(app: &App, connector: &Connector) -> HubConnector {
    HubConnector {
        active: true,
        name: connector.name.clone(),
        provider: connector.provider().to_owned(),
        kind: connector.category().to_owned(),
        // The widget tells entries by provider and version: two methods of a provider are two versions.
        version: connector.id.clone(),
        authentication_config_key: connector.method.clone(),
        environment: "production",
        integration_id: connector.id.clone(),
        logo_url: connectors::icon_url(&app.public_url, connector.provider()),
    }
}
