//! Attempts, for support: what a person tried, what was asked of the provider, and what came of it.

use std::sync::Arc;

use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use vault::Scope;

use crate::app::App;
use crate::caller::Caller;
use crate::wire::error::{ApiError, ErrorBody, NOT_FOUND};
use crate::wire::{Segments, stamp};

/// An attempt to link an account.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LinkAttempt {
    /// Its id: what a person who asks for help reads out.
    id: String,
    /// The number of the session.
    session_id: i64,
    /// What your product calls the customer.
    origin_owner_id: Option<String>,
    /// The key of the provider.
    provider: String,
    /// The key of the method.
    method: String,
    /// Where it stands: `open`, `checking`, `away`, `refused`, `confirming`, `linked` or `cancelled`.
    state: &'static str,
    /// What the last failure means.
    outcome: Option<String>,
    /// What the person was told.
    message: Option<String>,
    /// The account that was edited or made.
    account_id: Option<String>,
    /// Which guide was followed.
    guide_digest: String,
    /// What was asked of the provider and what came back, without secrets.
    #[schema(value_type = Vec<Object>)]
    transcript: Vec<Value>,
    /// When it began.
    created_at: String,
    /// When it last changed.
    updated_at: String,
}

/// An attempt, with the transcript of what was asked.
#[utoipa::path(
    get, path = "/link_attempts/{id}", tag = "accounts", security(("api_key" = [])),
    params(("id" = String, Path, description = "The attempt's id")),
    responses(
        (status = 200, body = LinkAttempt, description = "The attempt"),
        (status = "default", body = ErrorBody, description = "Why not")
    )
)]
pub(super) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    Segments(id): Segments<String>,
) -> Result<axum::Json<LinkAttempt>, ApiError> {
    caller.needs(Scope::PlatformRead)?;
    let none = || ApiError::new(&NOT_FOUND, "There is no attempt with this id, or it is forgotten");
    let found = app.vault.attempt(&id).await?;
    let attempt = found.filter(|attempt| attempt.project == caller.project()).ok_or_else(none)?;
    let session = app.vault.session(caller.project(), attempt.session).await?;
    let session = session.filter(|session| caller.may(session.made.kind)).ok_or_else(none)?;
    let transcript = app.vault.attempt_transcript(&attempt).await?;
    let (outcome, message) = attempt.error.unzip();
    Ok(axum::Json(LinkAttempt {
        id: attempt.id,
        session_id: attempt.session,
        origin_owner_id: Some(session.made.owner.id),
        provider: attempt.provider,
        method: attempt.method,
        state: attempt.state.as_str(),
        outcome,
        message,
        account_id: attempt.account,
        guide_digest: attempt.guide_digest,
        transcript,
        created_at: stamp(attempt.created_at),
        updated_at: stamp(attempt.updated_at),
    }))
}
