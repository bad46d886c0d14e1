//! The project's API keys: list, create and revoke.
//!
//! **Invariant:** a key grants another key no more rights than it has itself; the vault checks this in the transaction
//! that creates the key. Revoking grants nothing, so a key with `keys:write` can revoke keys with more scopes than its
//! own. A test key sees and revokes only test keys.

use axum::Extension;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use vault::{ApiKey, GrantError, NewKey, Scope};

use crate::access::AppState;
use crate::caller::Caller;
use crate::layers::ShownOnce;
use crate::wire::error::{ApiError, FORBIDDEN, INVALID_VALUE, NOT_FOUND, UNAUTHORIZED};
use crate::wire::{Json, Path, Reply, StatusReply, display_name, refuse_unknown, stamp};

/// An API key's properties, without the key itself.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct KeyShown {
    /// The key's id.
    id: String,
    /// What the key is used for.
    name: String,
    /// What the key allows, for example `platform:read`.
    scopes: Vec<String>,
    /// `production`, or `test` for a key that can read and create only test data.
    #[serde(rename = "type")]
    kind: &'static str,
    /// When the key was created (RFC 3339, UTC).
    created_at: String,
    /// When the key stops working (RFC 3339, UTC). Null if it does not expire.
    expires_at: Option<String>,
    /// When the key was revoked (RFC 3339, UTC). Null if the key has not been revoked.
    revoked_at: Option<String>,
    /// When the key was last used (RFC 3339, UTC), to the minute. Null if it has never been used.
    last_used_at: Option<String>,
}

/// The settings of a new API key.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct KeyCreate {
    /// What the key is used for, 1 to 100 printable characters.
    #[schema(max_length = 100)]
    name: String,
    /// What the key allows: any of `platform:read`, `platform:write`, `connectors:read`, `connectors:write`,
    /// `requests:write` and `keys:write` that the API key that authenticates the request has. Only the operator can
    /// grant `credentials:read`, with `waystone keys create`.
    scopes: Vec<String>,
    /// `production`, or `test` for a key that can read and create only test data. Defaults to the type of the API key
    /// that authenticates the request.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// When the key stops working (RFC 3339), for example `2027-01-31T00:00:00Z`. Defaults to the expiry of the API key
    /// that authenticates the request, and must not be later.
    expires_at: Option<String>,
    /// Members that the Hub does not know.
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Map<String, Value>,
}

/// A new API key.
#[derive(Serialize, ToSchema)]
pub(super) struct KeyCreated {
    /// The key's id, name, scopes and type.
    #[serde(flatten)]
    shown: KeyShown,
    /// The key itself. It is returned only once.
    key: String,
}

/// Lists the project's API keys.
#[utoipa::path(
    get, path = "/api_keys", operation_id = "list_api_keys", tag = "project",
    responses((status = 200, body = Vec<KeyShown>, description = "The keys"))
)]
pub(super) async fn list(app: AppState, caller: Caller) -> Reply<Vec<KeyShown>> {
    caller.needs(Scope::KeysWrite)?;
    let keys = app.vault.keys_of(caller.project()).await?;
    Ok(axum::Json(keys.into_iter().filter(|key| caller.may(key.kind)).map(shown).collect()))
}

/// Creates an API key.
///
/// The new key cannot have more rights than the key that authenticates the request. If the request is repeated with the
/// same `Idempotency-Key`, the response is `conflict`, because a key is shown only once.
#[utoipa::path(
    post, path = "/api_keys", operation_id = "create_api_key", tag = "project",
    responses((status = 201, body = KeyCreated, description = "The new key"))
)]
pub(super) async fn create(
    app: AppState,
    caller: Caller,
    Json(body): Json<KeyCreate>,
) -> Result<(StatusCode, Extension<ShownOnce>, axum::Json<KeyCreated>), ApiError> {
    caller.needs(Scope::KeysWrite)?;
    refuse_unknown::<KeyCreate>(&body.unknown)?;
    let by = caller.by();
    let kind = caller.kind(body.kind.as_deref())?;
    let name = display_name(&body.name)?;
    let expires_at = body.expires_at.map(|text| future(&text)).transpose()?.or(caller.key.expires_at);
    let mut scopes: Vec<Scope> = Vec::new();
    for name in &body.scopes {
        let scope = name.parse().map_err(|_| {
            let known = guide::listed(Scope::ALL.iter().map(|scope| scope.as_str()));
            let message = format!("`scopes` contains an unknown scope; the known scopes are {known}");
            ApiError::new(&INVALID_VALUE, message)
        })?;
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    let new = NewKey { project: caller.project(), name: &name, scopes: &scopes, kind, expires_at };
    let (key, token) = app.vault.grant_key(&caller.key.id, &new, by).await.map_err(not_granted)?;
    let once = ShownOnce {
        instead: format!(
            "This request has already created the API key `{}`, which is shown only once. If you lost the response, revoke the key and create another with a new `Idempotency-Key`",
            key.id
        ),
    };
    let created = KeyCreated { shown: shown(key), key: token.secret().expose().to_owned() };
    Ok((StatusCode::CREATED, Extension(once), axum::Json(created)))
}

/// Parses a time that must be in the future.
fn future(text: &str) -> Result<Timestamp, ApiError> {
    let message = "`expires_at` must be a time in the future, such as `2027-01-31T00:00:00Z`";
    let time = text.parse().ok().filter(|time| Timestamp::now() < *time);
    time.ok_or_else(|| ApiError::new(&INVALID_VALUE, message))
}

/// Explains why the caller's key cannot create the new key.
fn not_granted(error: GrantError) -> ApiError {
    let message = match error {
        GrantError::Operator(scope) => format!(
            "An API key cannot grant the `{scope}` scope; ask the operator to run `waystone keys create --scope {scope}`",
            scope = scope.as_str()
        ),
        GrantError::Scope(scope) => {
            let scope = scope.as_str();
            format!("This key cannot grant the `{scope}` scope, because it does not have it")
        }
        GrantError::Kind => "With a test key, `type` must be `test`".to_owned(),
        GrantError::Expiry(end) => {
            format!("This key expires at {}, so it cannot create a key that works for longer", stamp(end))
        }
        GrantError::Inactive => return ApiError::of(&UNAUTHORIZED),
        GrantError::Store(error) => return error.into(),
    };
    ApiError::new(&FORBIDDEN, message)
}

/// Revokes an API key.
///
/// The key stops working immediately. Keys and sessions that it has created keep working.
#[utoipa::path(
    delete, path = "/api_keys/{id}", operation_id = "revoke_api_key", tag = "project", params(("id", description = "The key's id")),
    responses((status = 204, description = "The key was revoked"))
)]
pub(super) async fn revoke(app: AppState, caller: Caller, Path(id): Path<String>) -> StatusReply {
    caller.needs(Scope::KeysWrite)?;
    let none = || ApiError::new(&NOT_FOUND, "No active key has this id");
    let keys = app.vault.keys_of(caller.project()).await?;
    if !keys.iter().any(|key| key.id == id && caller.may(key.kind)) {
        return Err(none());
    }
    let revoked = app.vault.revoke_key(caller.project(), &id, caller.by()).await?;
    if revoked { Ok(StatusCode::NO_CONTENT) } else { Err(none()) }
}

fn shown(key: ApiKey) -> KeyShown {
    KeyShown {
        id: key.id,
        name: key.name,
        scopes: key.scopes.iter().map(|scope| scope.as_str().to_owned()).collect(),
        kind: key.kind.as_str(),
        created_at: stamp(key.created_at),
        expires_at: key.expires_at.map(stamp),
        revoked_at: key.revoked_at.map(stamp),
        last_used_at: key.last_used_at.map(stamp),
    }
}
