//! Combines all routes, and wraps them in the layers.

use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse as _, Response};

use crate::app::App;
use crate::wire::error::{ApiError, METHOD_NOT_ALLOWED, NOT_FOUND};
use crate::{api, browse, embed, health, layers};

/// Returns the Hub's routes.
pub(crate) fn router(app: &Arc<App>) -> Router {
    let mut routes = health::routes().merge(api::api()).merge(browse::routes(app)).merge(embed::routes());
    let has_own_address = app.settings.metrics.listen.value.is_some();
    if app.settings.metrics.enabled.value && !has_own_address {
        routes = routes.merge(health::metrics_route());
    }
    layers::around(with_fallbacks(routes), app)
}

/// Returns the routes for the separate metrics address.
pub(crate) fn numbers(app: &Arc<App>) -> Router {
    layers::around(with_fallbacks(health::routes().merge(health::metrics_route())), app)
}

/// Responds with a page if a person navigated to the path, and with JSON otherwise.
async fn not_found(navigation: Option<browse::Navigation>) -> Response {
    match navigation {
        Some(navigation) => navigation.not_found(),
        None => ApiError::of(&NOT_FOUND).into_response(),
    }
}

fn with_fallbacks(routes: Router<Arc<App>>) -> Router<Arc<App>> {
    routes.fallback(not_found).method_not_allowed_fallback(|| async { ApiError::of(&METHOD_NOT_ALLOWED) })
}
