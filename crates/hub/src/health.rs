//! Liveness, readiness and metrics.
//!
//! **Invariant:** these endpoints need no key, and reveal nothing about accounts, people or settings.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use jiff::Timestamp;
use serde_json::json;

use crate::app::{App, Phase};
use crate::telemetry::metrics;
use crate::wire::error::{ApiError, NOT_FOUND};

/// How long the database may take to respond before the Hub reports that it is not ready.
const PATIENCE: Duration = Duration::from_secs(2);

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new().route("/health/live", get(live)).route("/health/ready", get(ready))
}

/// Returns the route of the metrics, which are served on the Hub's address or on a separate one.
pub(crate) fn numbers() -> Router<Arc<App>> {
    Router::new().route("/metrics", get(render))
}

async fn live() -> Response {
    ([(CACHE_CONTROL, "no-store")], Json(json!({ "status": "live" }))).into_response()
}

async fn ready(State(app): State<Arc<App>>) -> Response {
    let phase = app.phase();
    let database = match phase {
        Phase::Ready => Some(database_answers(&app).await),
        Phase::Starting | Phase::Draining => None,
    };
    let (status, word) = match (phase, database) {
        (Phase::Ready, Some(true)) => (StatusCode::OK, "ready"),
        (Phase::Ready, _) => (StatusCode::SERVICE_UNAVAILABLE, "database unreachable"),
        (Phase::Starting, _) => (StatusCode::SERVICE_UNAVAILABLE, "starting"),
        (Phase::Draining, _) => (StatusCode::SERVICE_UNAVAILABLE, "draining"),
    };
    let database = match database {
        Some(true) => "reachable",
        Some(false) => "unreachable",
        None => "not asked",
    };
    let body = json!({ "status": word, "database": database, "guides": app.guides.count() });
    (status, [(CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

/// Whether the database responds in time. The content of its response is irrelevant.
async fn database_answers(app: &App) -> bool {
    let asked = app.vault.load_draft("health", Timestamp::now());
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(_)) => true,
        Ok(Err(error)) => {
            tracing::warn!(%error, "the database responded with an error");
            false
        }
        Err(_) => {
            tracing::warn!(seconds = PATIENCE.as_secs(), "the database did not respond in time");
            false
        }
    }
}

async fn render(State(app): State<Arc<App>>) -> Response {
    match metrics::render(app.guides.count(), app.tasks.count(), app.started_at) {
        Some(text) => {
            ([(CONTENT_TYPE, metrics::CONTENT_TYPE), (CACHE_CONTROL, "no-store")], text).into_response()
        }
        None => ApiError::of(&NOT_FOUND).into_response(),
    }
}
