//! An account's credentials, for products that call the provider themselves.

use axum::http::HeaderName;
use axum::http::header::CACHE_CONTROL;
use driver::{is_field_name, keeps_tokens, stored_tokens};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use vault::Scope;

use crate::access::AppState;
use crate::caller::Caller;
use crate::permission::require_usable_by;
use crate::status::{self, Status};
use crate::wire::error::{ApiError, CONFLICT};
use crate::wire::{Path, stamp};

/// An account's credentials, secrets included.
#[derive(Serialize, ToSchema)]
pub(super) struct AccountCredentials {
    /// The account's id.
    account_id: String,
    /// The key of the method that the account was linked with, for example `api-key`.
    method: String,
    /// The provider's environment, for example `sandbox`. Null if the provider has only one environment.
    environment: Option<String>,
    /// All values by field key, secrets included. The keys of tokens obtained through sign-in start with `token:`.
    /// Tokens that are about to expire are renewed before they are returned.
    credentials: Map<String, Value>,
    /// When the tokens expire (RFC 3339, UTC), if known. Read the credentials again at that time to get renewed
    /// tokens.
    tokens_expire_at: Option<String>,
}

/// Returns an account's credentials, secrets included, for products that call the provider themselves.
///
/// Requires the scope `credentials:read`. Every read is recorded in the audit trail.
#[utoipa::path(
    get, path = "/accounts/{id}/credentials", operation_id = "get_account_credentials", tag = "accounts",
    params(("id", description = "The account's id")),
    responses((status = 200, body = AccountCredentials, description = "The credentials"))
)]
pub(super) async fn read(
    app: AppState,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<([(HeaderName, &'static str); 1], axum::Json<AccountCredentials>), ApiError> {
    let account = app.access.account(&caller, Scope::CredentialsRead, &id).await?;
    let (status, _) = status::of(&account, app.connectors.is_active(&account).await?);
    if matches!(status, Status::Suspended | Status::Archived | Status::Inactive) {
        let message = format!("The account is {status}, so its credentials cannot be read");
        return Err(ApiError::new(&CONFLICT, message));
    }
    let mut opened = app.vault.unseal(&account.id, "read by the product", caller.by()).await?;
    // If the guide that the account was linked with no longer exists, the stored tokens are returned without renewal.
    if let Ok(flow) = app.account_flows.relink_flow(&opened).await
        && keeps_tokens(flow.method())
    {
        opened = app.renewals.fresh(opened, &flow, &caller.actor).await?;
        require_usable_by(&app.vault, &account.id, &caller.actor).await?;
    }
    let tokens = stored_tokens(&opened);
    let public = opened.account.values.iter().map(|(key, value)| (key.clone(), value.clone().into()));
    let secret = opened.secrets.iter().filter(|(name, _)| is_field_name(name));
    let secret = secret.map(|(name, value)| (name.clone(), value.expose().into()));
    let tokens_by_name =
        tokens.values.iter().map(|(key, value)| (format!("token:{key}"), value.expose().into()));
    let body = AccountCredentials {
        account_id: account.id.to_string(),
        method: account.method,
        environment: account.environment,
        credentials: public.chain(secret).chain(tokens_by_name).collect(),
        tokens_expire_at: tokens.end.and_then(|end| Timestamp::from_second(end).ok()).map(stamp),
    };
    Ok(([(CACHE_CONTROL, "no-store")], axum::Json(body)))
}
