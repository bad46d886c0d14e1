//! What StackOne's widget calls connection attempts: signing in at a provider in a window of its own.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vault::{SignIn, SignInState};

use crate::app::App;
use crate::caller::Visitor;
use crate::wire::error::{ApiError, ErrorBody, NOT_FOUND};
use crate::wire::{Json, Segments};

/// The session once more.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct ConnectionAttemptCreate {
    /// The session's token; the header says it as well, and counts.
    #[expect(dead_code, reason = "clients send it; the header decides")]
    token: Option<String>,
}

/// A connection attempt that was just made.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConnectionAttemptCreated {
    /// Its id.
    id: String,
}

/// How a connection attempt stands.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConnectionAttempt {
    /// `pending`, `authenticated`, `error`, `cancelled` or `expired`.
    status: &'static str,
    /// The account, once it is linked.
    account: Option<ConnectionAttemptAccount>,
    /// What went wrong.
    error: Option<ConnectionAttemptError>,
}

/// The account of a connection attempt.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConnectionAttemptAccount {
    /// Its id.
    id: String,
}

/// What went wrong with a connection attempt: clients show `code` as a heading.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConnectionAttemptError {
    /// In words.
    code: String,
    /// What the provider said, without secrets.
    description: Option<String>,
}

/// Begins a connection attempt.
#[utoipa::path(
    post, path = "/hub/connection_attempts", tag = "hub", security(("session" = [])), request_body = ConnectionAttemptCreate,
    responses(
        (status = 201, body = ConnectionAttemptCreated, description = "The attempt"),
        (status = "default", body = ErrorBody, description = "Why not")
    )
)]
pub(super) async fn create(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Json(_body): Json<ConnectionAttemptCreate>,
) -> Result<(StatusCode, axum::Json<ConnectionAttemptCreated>), ApiError> {
    let one = app.sign_ins.begin(&visitor.session).await?;
    Ok((StatusCode::CREATED, axum::Json(ConnectionAttemptCreated { id: one.id })))
}

/// How a connection attempt stands.
#[utoipa::path(
    get, path = "/hub/connection_attempts/{id}", tag = "hub", security(("session" = [])),
    params(("id" = String, Path, description = "The attempt's id")),
    responses(
        (status = 200, body = ConnectionAttempt, description = "How it stands"),
        (status = "default", body = ErrorBody, description = "Why not")
    )
)]
pub(super) async fn read(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Segments(id): Segments<String>,
) -> Result<axum::Json<ConnectionAttempt>, ApiError> {
    let one = found(&app, &visitor, &id).await?;
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

/// Gives a connection attempt up.
#[utoipa::path(
    delete, path = "/hub/connection_attempts/{id}", tag = "hub", security(("session" = [])),
    params(("id" = String, Path, description = "The attempt's id")),
    responses(
        (status = 204, description = "It is given up, or was over"),
        (status = "default", body = ErrorBody, description = "Why not")
    )
)]
pub(super) async fn cancel(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Segments(id): Segments<String>,
) -> Result<StatusCode, ApiError> {
    let one = found(&app, &visitor, &id).await?;
    app.vault.end_sign_in(&one.id, SignInState::Cancelled, None, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn found(app: &App, visitor: &Visitor, id: &str) -> Result<SignIn, ApiError> {
    let found = app.vault.sign_in(visitor.session.seq, id).await?;
    found.ok_or_else(|| {
        ApiError::new(&NOT_FOUND, "There is no connection attempt with this id in this session")
    })
}
