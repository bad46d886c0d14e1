//! The API's routes and its OpenAPI description.
//!
//! The description at `/openapi.json` is generated from the handlers' attributes and types, so endpoints are not
//! described anywhere else.

mod accounts;
mod actions;
mod connection_attempts;
mod connectors;
mod credentials;
mod description;
mod guides;
mod hub;
mod keys;
mod link_attempts;
mod requests;
mod sessions;
mod trail;

use std::sync::Arc;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::{any, get};
use serde_json::{Value, json};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

/// The parts of the OpenAPI description that are not specific to a handler.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Waystone Hub",
        description = "Connect sessions, linked accounts and connectors. All errors have the same shape; `code` is a stable identifier."
    ),
    tags(
        (name = "sessions", description = "A connect session lets one customer link accounts for a limited time."),
        (name = "accounts", description = "Linked accounts, their credentials, and requests sent through them."),
        (name = "connectors", description = "The providers that can be linked, their guides, and a project's settings for them."),
        (name = "hub", description = "The endpoints that StackOne's widget calls in the browser, with a session's token."),
        (name = "project", description = "The project's API keys and audit trail.")
    ),
    // The proxy's route accepts every HTTP method, but an OpenAPI operation describes a single method.
    paths(requests::described),
    components(schemas(crate::wire::error::ErrorBody))
)]
struct Described;

/// Returns the API's routes.
pub(crate) fn api() -> Router<Arc<App>> {
    let (routes, document) = described();
    let text = document.to_string();
    routes.route("/openapi.json", get(async || ([(CONTENT_TYPE, "application/json")], text)))
}

/// Returns the API's OpenAPI description.
pub fn openapi() -> Value {
    described().1
}

fn described() -> (Router<Arc<App>>, Value) {
    let backend = OpenApiRouter::new()
        .routes(routes!(sessions::create))
        .routes(routes!(sessions::authenticate))
        .routes(routes!(sessions::read, sessions::revoke))
        .routes(routes!(accounts::list))
        .routes(routes!(accounts::read, accounts::change, accounts::remove))
        .routes(routes!(accounts::meta))
        .routes(routes!(accounts::verify))
        .routes(routes!(credentials::read))
        .routes(routes!(requests::unified))
        .routes(routes!(link_attempts::read))
        .routes(routes!(actions::list))
        .routes(routes!(connectors::list_meta))
        .routes(routes!(connectors::read_meta))
        .routes(routes!(connectors::list_profiles, connectors::create_profile))
        .routes(routes!(connectors::read_profile, connectors::change_profile, connectors::remove_profile))
        .routes(routes!(guides::read))
        .routes(routes!(keys::list, keys::create))
        .routes(routes!(keys::revoke))
        .routes(routes!(trail::list));
    let browser = OpenApiRouter::new()
        .routes(routes!(hub::settings))
        .routes(routes!(hub::connectors))
        .routes(routes!(hub::connector))
        .routes(routes!(hub::link))
        .routes(routes!(hub::account, hub::edit))
        .routes(routes!(connection_attempts::create))
        .routes(routes!(connection_attempts::read, connection_attempts::cancel));
    let (routes, document) =
        OpenApiRouter::with_openapi(Described::openapi()).merge(backend).merge(browser).split_for_parts();
    let mut document = json!(document);
    description::complete(&mut document);
    let routes = routes
        .route("/connectors/{provider}/icon", get(connectors::icon))
        .route("/accounts/{id}/proxy/{*path}", any(requests::pass));
    (routes, document)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::openapi;

    /// Client generators name functions after these ids, and drop an operation whose id is already in use.
    #[test]
    fn every_operation_has_a_unique_id() {
        let document = openapi();
        let paths = document["paths"].as_object().unwrap();
        let mut lines: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (path, item) in paths {
            for (method, operation) in item.as_object().unwrap() {
                let id = operation["operationId"].as_str().unwrap();
                assert!(id.contains('_'), "{method} {path}: `{id}` does not name a resource");
                lines.entry(id.to_owned()).or_default().push(format!("{method} {path}"));
            }
        }
        lines.retain(|_, lines| 1 < lines.len());
        assert!(lines.is_empty(), "duplicate ids: {lines:?}");
    }
}
