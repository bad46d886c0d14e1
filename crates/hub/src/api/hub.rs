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

use crate::app::App;
use crate::caller::Visitor;
use crate::client::Client;
use crate::connectors::{self, Connector};
use crate::linking::Entered;
use crate::widget;
use crate::wire::connector::{
    HubAccount, HubAccountBody, HubAccountCreated, HubConnector, HubConnectorConfig, HubConnectors,
    HubSettings,
};
use crate::wire::error::{ApiError, ErrorBody, INVALID_VALUE};
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
    let existing = app.session_accounts.edited(&visitor.session).await?.map(|account| account.id.to_string());
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
        if let Some(account) = app.session_accounts.edited(&visitor.session).await? {
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
    let entered = entered(body.credentials)?;
    let linking = app.links.begin(&visitor.session, connector, None).await?;
    let account = app.links.link(&client, linking, &entered).await?;
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
    let entered = entered(body.credentials)?;
    let linking = app.links.relink(&visitor.session, &id, &body.integration_id).await?;
    let account = app.links.link(&client, linking, &entered).await?;
    Ok(axum::Json(HubAccountCreated { id: account.id.to_string(), provider: account.provider }))
}

/// The values of a body, which are texts; a number is taken as it is written.
fn entered(credentials: BTreeMap<String, Value>) -> Result<Entered, ApiError> {
    let mut entered = Entered::default();
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
            entered.environment = Some(text.expose().to_owned());
        } else if let Some(key) = Key::parse(&name) {
            entered.values.push((key, text));
        }
    }
    Ok(entered)
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
