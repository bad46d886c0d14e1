//! Liveness, readiness and metrics.
//!
//! **Invariant:** these endpoints require no key, and reveal nothing about accounts, people or settings.

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
use vault::StoreError;

use crate::app::{App, Phase};
use crate::telemetry::metrics;
use crate::wire::error::{ApiError, NOT_FOUND};

/// How long the database may take to respond before the Hub reports that it is not ready.
const DATABASE_TIMEOUT: Duration = Duration::from_secs(2);

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new().route("/health/live", get(live)).route("/health/ready", get(ready))
}

/// Returns the metrics route, which is served on the Hub's address or a separate address.
pub(crate) fn metrics_route() -> Router<Arc<App>> {
    Router::new().route("/metrics", get(render))
}

async fn live() -> Response {
    ([(CACHE_CONTROL, "no-store")], Json(json!({ "status": "live" }))).into_response()
}

async fn ready(State(app): State<Arc<App>>) -> Response {
    let mut help = None;
    let (status, word, database) = match app.phase() {
        Phase::Starting => (StatusCode::SERVICE_UNAVAILABLE, "starting", "not checked"),
        Phase::Draining => (StatusCode::SERVICE_UNAVAILABLE, "draining", "not checked"),
        Phase::Ready => match database(&app).await {
            Database::Usable => (StatusCode::OK, "ready", "reachable"),
            Database::Unreachable => (StatusCode::SERVICE_UNAVAILABLE, "database unreachable", "unreachable"),
            Database::NotWritable => {
                (StatusCode::SERVICE_UNAVAILABLE, "database not writable", "not writable")
            }
            Database::Gone => {
                help = Some(GONE);
                (StatusCode::SERVICE_UNAVAILABLE, "database file missing", "missing")
            }
        },
    };
    let mut body = json!({ "status": word, "database": database, "guides": app.guides.count() });
    if let Some(help) = help {
        body["help"] = help.into();
    }
    (status, [(CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

/// What to do if SQLite's database file is gone.
const GONE: &str = "the database file was deleted or replaced while the Hub runs, so its changes are lost when it stops: \
                    stop the Hub, restore the newest backup with `waystone vault restore`, and start it again";

/// The state of the database.
enum Database {
    /// SQLite's database file was deleted or replaced.
    Gone,
    /// The database can be read. As far as is known, it can also be written.
    Usable,
    /// The database cannot be read.
    Unreachable,
    /// The database can be read but not written, for example because its disk is full.
    NotWritable,
}

/// Returns the state of the database. Tests writing only if a change has failed since the last successful test.
async fn database(app: &App) -> Database {
    if !app.vault.has_its_file().await {
        tracing::error!("{GONE}");
        Database::Gone
    } else if !succeeds(app.vault.test_read()).await {
        Database::Unreachable
    } else if !succeeds(app.vault.test_write_if_suspect(Timestamp::now())).await {
        Database::NotWritable
    } else {
        Database::Usable
    }
}

/// Whether a test of the database succeeds in time.
async fn succeeds(test: impl Future<Output = Result<(), StoreError>>) -> bool {
    match tokio::time::timeout(DATABASE_TIMEOUT, test).await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::warn!(%error, "the database responded with an error");
            false
        }
        Err(_) => {
            tracing::warn!(seconds = DATABASE_TIMEOUT.as_secs(), "the database did not respond in time");
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
