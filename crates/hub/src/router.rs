//! Combines all routes, and wraps them in the layers.

use std::sync::Arc;

use axum::Router;

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

fn with_fallbacks(routes: Router<Arc<App>>) -> Router<Arc<App>> {
    routes
        .fallback(|| async { ApiError::of(&NOT_FOUND) })
        .method_not_allowed_fallback(|| async { ApiError::of(&METHOD_NOT_ALLOWED) })
}
