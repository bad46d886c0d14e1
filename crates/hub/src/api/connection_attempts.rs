//! Connection attempts: StackOne's name for signing in to a provider in a separate window.

use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vault::{Session, SignIn, SignInState};

use crate::access::AppState;
use crate::app::App;
use crate::caller::{Visitor, Watcher};
use crate::wire::error::{ApiError, NOT_FOUND};
use crate::wire::{Json, Path, Reply, StatusReply};

/// The body that StackOne's widget sends to start a connection attempt.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct ConnectionAttemptCreate {
    /// The session's token. Ignored: the `x-hub-session-token` header identifies the session.
    #[expect(dead_code, reason = "clients send it, but the header identifies the session")]
    token: Option<String>,
}

/// A new connection attempt.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConnectionAttemptCreated {
    /// The attempt's id.
    id: String,
}

/// The state of a connection attempt.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConnectionAttempt {
    /// The attempt's state: `pending`, `authenticated`, `error`, `cancelled` or `expired`.
    status: &'static str,
    /// The linked account. Null until `status` is `authenticated`.
    account: Option<ConnectionAttemptAccount>,
    /// Why the attempt failed. Null unless `status` is `error`.
    error: Option<ConnectionAttemptError>,
}

/// The account that a connection attempt linked.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConnectionAttemptAccount {
    /// The account's id.
    id: String,
}

/// Why a connection attempt failed.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConnectionAttemptError {
    /// A short description of the failure. StackOne's widget shows it as a heading.
    code: String,
    /// More about the failure, without entered values.
    description: Option<String>,
}

/// Starts a connection attempt.
#[utoipa::path(
    post, path = "/hub/connection_attempts", operation_id = "create_hub_connection_attempt", tag = "hub",
    responses((status = 201, body = ConnectionAttemptCreated, description = "The new attempt"))
)]
pub(super) async fn create(
    app: AppState,
    visitor: Visitor,
    Json(_body): Json<ConnectionAttemptCreate>,
) -> Result<(StatusCode, axum::Json<ConnectionAttemptCreated>), ApiError> {
    let one = app.sign_ins.begin(&visitor.session).await?;
    Ok((StatusCode::CREATED, axum::Json(ConnectionAttemptCreated { id: one.id })))
}

/// Returns the state of a connection attempt.
#[utoipa::path(
    get, path = "/hub/connection_attempts/{id}", operation_id = "get_hub_connection_attempt", tag = "hub",
    params(("id", description = "The attempt's id")),
    responses((status = 200, body = ConnectionAttempt, description = "The attempt's state"))
)]
pub(super) async fn read(
    app: AppState,
    watcher: Watcher,
    Path(id): Path<String>,
) -> Reply<ConnectionAttempt> {
    let one = find(&app, &watcher.session, &id).await?;
    let expired = one.state == SignInState::Pending && one.expires_at <= Timestamp::now();
    Ok(axum::Json(ConnectionAttempt {
        status: if expired { "expired" } else { one.state.as_str() },
        account: one.account.map(|id| ConnectionAttemptAccount { id }),
        error: one.error.map(|(code, text)| ConnectionAttemptError {
            code,
            description: Some(text).filter(|text| !text.is_empty()),
        }),
    }))
}

/// Cancels a connection attempt.
#[utoipa::path(
    delete, path = "/hub/connection_attempts/{id}", operation_id = "cancel_hub_connection_attempt", tag = "hub",
    params(("id", description = "The attempt's id")),
    responses((status = 204, description = "The attempt was canceled, or had already ended"))
)]
pub(super) async fn cancel(app: AppState, visitor: Visitor, Path(id): Path<String>) -> StatusReply {
    let one = find(&app, &visitor.session, &id).await?;
    app.vault.cancel_sign_in(&one.id, Timestamp::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn find(app: &App, session: &Session, id: &str) -> Result<SignIn, ApiError> {
    let found = app.vault.sign_in(session.seq, id).await?;
    found.ok_or_else(|| ApiError::new(&NOT_FOUND, "This session has no connection attempt with this id"))
}
