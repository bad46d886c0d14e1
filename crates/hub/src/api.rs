//! The API's routes, and its description.
//!
//! Each handler says its address, what it takes and what it answers, and is found in `/openapi.json` by that. Nothing
//! is described by hand a second time.

mod accounts;
mod actions;
mod connection_attempts;
mod connectors;
mod credentials;
mod examples;
mod guides;
mod hub;
mod keys;
mod link_attempts;
mod requests;
mod sessions;
mod trail;

use std::sync::Arc;

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse as _;
use axum::routing::{any, get};
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

/// What the API says of itself.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Waystone Hub",
        description = "Connect sessions, linked accounts and connectors. Errors have one shape; `code` is a word that never changes."
    ),
    tags(
        (name = "sessions", description = "A customer's leave to link accounts for a while."),
        (name = "accounts", description = "What is linked."),
        (name = "connectors", description = "What can be linked, and how."),
        (name = "hub", description = "What the widget in the browser asks, with the token of a session."),
        (name = "project", description = "Keys and the trail.")
    ),
    components(schemas(crate::wire::error::ErrorBody))
)]
struct Described;

/// What takes every method, which a description can only say one by one.
#[derive(OpenApi)]
#[openapi(paths(requests::described))]
struct ProxyDescribed;

/// The routes of the API.
pub(crate) fn api() -> Router<Arc<App>> {
    let (routes, document) = described();
    let text = document.to_json().unwrap_or_default();
    routes.route(
        "/openapi.json",
        get(move || async move {
            ([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], text).into_response()
        }),
    )
}

/// The description, as a client reads it.
pub fn openapi() -> Document {
    described().1
}

fn described() -> (Router<Arc<App>>, Document) {
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
    let (routes, mut document) =
        OpenApiRouter::with_openapi(Described::openapi()).merge(backend).merge(browser).split_for_parts();
    let schemes = &mut document.components.get_or_insert_with(Default::default).security_schemes;
    let basic = Http::new(HttpAuthScheme::Basic);
    schemes.insert("api_key".to_owned(), SecurityScheme::Http(basic).into());
    let token = utoipa::openapi::security::ApiKeyValue::new("x-hub-session-token");
    let token = utoipa::openapi::security::ApiKey::Header(token);
    schemes.insert("session".to_owned(), SecurityScheme::ApiKey(token).into());
    document.merge(ProxyDescribed::openapi());
    examples::add(&mut document);
    let routes = routes
        .route("/connectors/{provider}/icon", get(connectors::icon))
        .route("/accounts/{id}/proxy/{*path}", any(requests::pass));
    (routes, document)
}
