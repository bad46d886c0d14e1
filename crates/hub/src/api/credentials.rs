//! What an account was linked with, for products with a client of their own.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderName;
use axum::http::header::CACHE_CONTROL;
use driver::{is_field_name, keeps_tokens, stored_tokens};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use vault::{By, Scope};

use crate::app::App;
use crate::caller::Caller;
use crate::status::Status;
use crate::wire::error::{ApiError, CONFLICT, ErrorBody};
use crate::wire::{Segments, stamp};

/// What an account was linked with.
#[derive(Serialize, ToSchema)]
pub(super) struct AccountCredentials {
    /// The account's id.
    account_id: String,
    /// The method.
    method: String,
    /// The provider's environment, where there are several.
    environment: Option<String>,
    /// All values, secret ones included, by field; tokens that signing in gave are named `token:…`, and hold for a while
    /// yet.
    credentials: Map<String, Value>,
    /// When those tokens end, if that is known: ask again then, and they are renewed.
    tokens_expire_at: Option<String>,
}

/// What an account was linked with, secrets included. For products with a client of their own; the key needs the
/// scope `credentials:read`, and each reading stands in the trail.
#[utoipa::path(
    get, path = "/accounts/{id}/credentials", tag = "accounts", security(("api_key" = [])),
    params(("id" = String, Path, description = "The account's id")),
    responses(
        (status = 200, body = AccountCredentials, description = "The values"),
        (status = "default", body = ErrorBody, description = "Why not")
    )
)]
pub(super) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    Segments(id): Segments<String>,
) -> Result<([(HeaderName, &'static str); 1], axum::Json<AccountCredentials>), ApiError> {
    caller.needs(Scope::CredentialsRead)?;
    let account = app.access.account(&caller, &id).await?;
    let active = app.connectors.is_active(&account).await?;
    let (status, _) = crate::status::of(&account, active);
    if matches!(status, Status::Suspended | Status::Archived | Status::Inactive) {
        let message = format!("The account is {}; its credentials are not given out", status.as_str());
        return Err(ApiError::new(&CONFLICT, message));
    }
    let purpose = "read by the product";
    let mut opened =
        app.vault.unseal(&account.id, purpose, By::new(&caller.actor(), Timestamp::now())).await?;
    // Where there is no guide any more for how it was linked, what is kept is given as it is.
    if let Ok(flow) = app.account_flows.relink_flow(&opened).await
        && keeps_tokens(flow.method())
    {
        opened = app.renewals.fresh(opened, &flow, &caller.actor()).await?;
    }
    let tokens = stored_tokens(&opened);
    let public = opened.account.values.iter().map(|(key, value)| (key.clone(), value.clone().into()));
    let typed = opened.secrets.iter().filter(|(name, _)| is_field_name(name));
    let typed = typed.map(|(name, value)| (name.clone(), value.expose().into()));
    let got = tokens.values.iter().map(|(key, value)| (format!("token:{key}"), value.expose().into()));
    let body = AccountCredentials {
        account_id: account.id.to_string(),
        method: account.method,
        environment: account.environment,
        credentials: public.chain(typed).chain(got).collect(),
        tokens_expire_at: tokens.end.and_then(|end| Timestamp::from_second(end).ok()).map(stamp),
    };
    Ok(([(CACHE_CONTROL, "no-store")], axum::Json(body)))
}
