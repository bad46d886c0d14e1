//! Link attempts, for support: what a person tried, the requests to the provider, and the result.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use vault::Scope;

use crate::access::AppState;
use crate::caller::Caller;
use crate::wire::error::{ApiError, NOT_FOUND};
use crate::wire::{Path, Reply, stamp};

/// An attempt to link an account.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LinkAttempt {
    /// The attempt's id, which a person can read out to support.
    id: String,
    /// The id of the connect session.
    session_id: i64,
    /// Your product's id for the customer.
    origin_owner_id: Option<String>,
    /// The provider's key, for example `acme`.
    provider: String,
    /// The method's key, for example `api-key`.
    method: String,
    /// The attempt's state: `open`, `checking`, `away`, `refused`, `confirming`, `linked` or `cancelled`.
    state: &'static str,
    /// The outcome of the last failure, for example `wrong_secret`. Null if nothing has failed.
    outcome: Option<String>,
    /// The message that the person saw about the last failure, without the values that they entered. Null if nothing has
    /// failed.
    message: Option<String>,
    /// The id of the account that the attempt edits or has linked.
    account_id: Option<String>,
    /// The digest of the guide that the attempt follows (SHA-256, hexadecimal).
    guide_digest: String,
    /// The requests to the provider and its responses, without secrets.
    #[schema(value_type = Vec<Object>)]
    transcript: Vec<Value>,
    /// When the attempt began (RFC 3339, UTC).
    created_at: String,
    /// When the attempt last changed (RFC 3339, UTC).
    updated_at: String,
}

/// Returns a link attempt with the transcript of its requests to the provider.
#[utoipa::path(
    get, path = "/link_attempts/{id}", operation_id = "get_link_attempt", tag = "accounts", params(("id", description = "The attempt's id")),
    responses((status = 200, body = LinkAttempt, description = "The attempt"))
)]
pub(super) async fn read(app: AppState, caller: Caller, Path(id): Path<String>) -> Reply<LinkAttempt> {
    caller.needs(Scope::PlatformRead)?;
    let none = || ApiError::new(&NOT_FOUND, "No link attempt has this id, or it has been deleted");
    let found = app.vault.attempt(&id).await?;
    let attempt = found.filter(|attempt| attempt.project == caller.project()).ok_or_else(none)?;
    let session = app.vault.session(caller.project(), attempt.session).await?;
    let session = session.filter(|session| caller.may(session.parameters.kind)).ok_or_else(none)?;
    let transcript = app.vault.attempt_transcript(&attempt).await?;
    let (outcome, message) = attempt.error.unzip();
    Ok(axum::Json(LinkAttempt {
        id: attempt.id,
        session_id: attempt.session,
        origin_owner_id: Some(session.parameters.owner.id),
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
