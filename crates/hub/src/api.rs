//! The API's routes.

use std::sync::Arc;

use axum::Router;

use crate::app::App;

/// The routes of the API.
pub(crate) fn api() -> Router<Arc<App>> {
    Router::new()
}
