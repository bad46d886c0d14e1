//! The endpoints that StackOne's widget calls, exactly as its protocol defines them: settings, connectors and accounts.
//!
//! **Invariant:** 401 always means that the session is not valid. If the provider refuses a credential, the response is
//! never 401 or 403.

use axum::http::StatusCode;
use driver::is_field_name;
use guide::Key;
use secret::Secret;
use serde_json::Map;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

use crate::access::AppState;
use crate::app::App;
use crate::caller::{Visitor, Watcher};
use crate::client::Client;
use crate::connectors::{self, Connector};
use crate::linking::Entered;
use crate::widget;
use crate::wire::connector::{
    HubAccount, HubAccountBody, HubAccountCreated, HubConnector, HubConnectorConfig, HubConnectors,
    HubSettings,
};
use crate::wire::error::{ApiError, ErrorBody, INVALID_VALUE};
use crate::wire::{Json, Path, Query, Reply};

/// The marker for a stored secret. The widget shows dots instead, and does not send the marker back. The protocol
/// allows the marker to end with the secret's last characters, but the widget would show them in clear text, so the Hub
/// omits them.
const STORED_SECRET: &str = "__secretvalue:**redacted**";

/// Returns the settings that the widget reads when it opens.
#[utoipa::path(
    get, path = "/hub/settings", operation_id = "get_hub_settings", tag = "hub",
    responses((status = 200, body = HubSettings, description = "The widget's settings"))
)]
pub(super) async fn settings(app: AppState, watcher: Watcher) -> Reply<HubSettings> {
    let session = watcher.open()?;
    let existing = app.session_accounts.edited(&session).await?.map(|account| account.id.to_string());
    Ok(axum::Json(HubSettings { enabled_features: Vec::new(), existing_account_id: existing }))
}

/// Filters for a session's connectors.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ConnectorsQuery {
    /// Returns only the connectors for this provider (the provider's key).
    provider: Option<String>,
}

/// Lists the session's connectors.
#[utoipa::path(
    get, path = "/hub/connectors", operation_id = "list_hub_connectors", tag = "hub", params(ConnectorsQuery),
    responses((status = 200, body = HubConnectors, description = "The connectors"))
)]
pub(super) async fn connectors(
    app: AppState,
    visitor: Visitor,
    Query(query): Query<ConnectorsQuery>,
) -> Reply<HubConnectors> {
    let mut all = app.connectors.of_session(&visitor.session).await?;
    if let Some(provider) = &query.provider {
        all.retain(|one| one.provider() == provider);
        // When an account is edited, the widget shows the provider's first connector, so the account's connector must
        // come first.
        if let Some(account) = app.session_accounts.edited(&visitor.session).await? {
            let own = account.home.map(|home| home.connector_profile);
            all.sort_by_key(|one| Some(&one.id) != own.as_ref());
        }
    }
    let connectors = all.iter().map(|one| listed(&app, one)).collect();
    Ok(axum::Json(HubConnectors { connectors }))
}

/// Returns a connector's form.
#[utoipa::path(
    get, path = "/hub/connectors/{id}", operation_id = "get_hub_connector", tag = "hub",
    params(("id", description = "The connector's id: `integration_id` in the list of connectors")),
    responses((status = 200, body = HubConnectorConfig, description = "The form"))
)]
pub(super) async fn connector(
    app: AppState,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Reply<HubConnectorConfig> {
    let connector = app.connectors.in_session(&visitor.session, &id).await?;
    let guide = app.editions.pinned(&visitor.session, &connector.edition).await?;
    let config = widget::form(&app.brand, &app.public_url, &guide, &connector);
    Ok(axum::Json(HubConnectorConfig { config, hub_settings: Map::new() }))
}

/// Links an account: checks the values that were entered, and stores them if they work.
#[utoipa::path(
    post, path = "/hub/accounts", operation_id = "link_hub_account", tag = "hub",
    responses(
        (status = 201, body = HubAccountCreated, description = "The account"),
        (status = "default", body = ErrorBody, description = "The request failed; `code` says why, and `provider_response` contains the provider's response")
    )
)]
pub(super) async fn link(
    app: AppState,
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

/// Returns an account for editing.
///
/// Each secret is replaced with a marker.
#[utoipa::path(
    get, path = "/hub/accounts/{id}", operation_id = "get_hub_account", tag = "hub", params(("id", description = "The account's id")),
    responses((status = 200, body = HubAccount, description = "The account"))
)]
pub(super) async fn account(app: AppState, visitor: Visitor, Path(id): Path<String>) -> Reply<HubAccount> {
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
            .map(|field| (field.clone(), STORED_SECRET))
            .collect(),
        auth_config_key: account.method,
        environment: "production",
    }))
}

/// Edits an account.
///
/// Omitted fields keep their values. All values are checked again before they are stored.
#[utoipa::path(
    patch, path = "/hub/accounts/{id}", operation_id = "update_hub_account", tag = "hub", params(("id", description = "The account's id")),
    responses(
        (status = 200, body = HubAccountCreated, description = "The account"),
        (status = "default", body = ErrorBody, description = "The request failed; `code` says why, and `provider_response` contains the provider's response")
    )
)]
pub(super) async fn edit(
    app: AppState,
    visitor: Visitor,
    client: Client,
    Path(id): Path<String>,
    Json(body): Json<HubAccountBody>,
) -> Reply<HubAccountCreated> {
    let entered = entered(body.credentials)?;
    let linking = app.links.relink(&visitor.session, &id, &body.integration_id).await?;
    let account = app.links.link(&client, linking, &entered).await?;
    Ok(axum::Json(HubAccountCreated { id: account.id.to_string(), provider: account.provider }))
}

/// Converts the values in a request body to strings. Numbers and booleans are converted to JSON text; a large number
/// keeps its digits.
fn entered(credentials: BTreeMap<String, Box<RawValue>>) -> Result<Entered, ApiError> {
    let mut entered = Entered::default();
    for (name, value) in credentials {
        let value = guide::Json::parse(value.get());
        if value == Some(guide::Json::Null) {
            continue;
        }
        let text = value
            .and_then(|value| value.text())
            .map(Secret::new)
            .ok_or_else(|| ApiError::new(&INVALID_VALUE, "Each value in `credentials` must be a string"))?;
        // If a client sends the marker back, the secret stays unchanged.
        if text.expose().starts_with(STORED_SECRET) {
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
        kind: connectors::category(connector.guide()).to_owned(),
        // The widget identifies an entry by provider and version, so each of a provider's methods needs its own
        // version.
        version: connector.id.clone(),
        authentication_config_key: connector.method.clone(),
        environment: "production",
        integration_id: connector.id.clone(),
        logo_url: connectors::icon_url(&app.public_url, connector.provider()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_converted_to_strings_without_rounding() {
        let body = r#"{"integration_id":"a","credentials":
            {"id":12345678901234567890123,"port":8443,"text":"12","yes":true,"none":null}}"#;
        let body: HubAccountBody = serde_json::from_str(body).expect("a body");
        let entered = entered(body.credentials).unwrap_or_else(|_| panic!("the values must be accepted"));
        let values: Vec<_> = entered.values.iter().map(|(key, text)| (key.as_str(), text.expose())).collect();
        let expected = [("id", "12345678901234567890123"), ("port", "8443"), ("text", "12"), ("yes", "true")];
        assert_eq!(values, expected);
    }
}
