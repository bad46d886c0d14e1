//! The flow of an account that is linked: with what it was linked with, and what signing in gave.

use std::sync::Arc;

use guide::{Key, Method};
use link::{Flow, Purpose, Start};
use vault::Credentials;

use super::values::{all_values, stored_tokens};
use crate::app::App;
use crate::editions;
use crate::wire::error::{ApiError, CONFLICT};

/// The flow of an account, as the guide is now: a provider that changed its API is asked in the new way.
pub(crate) async fn again(app: &App, credentials: &Credentials) -> Result<Flow, ApiError> {
    let account = &credentials.account;
    let mut guide = app.guides.current(&account.provider);
    if guide.as_ref().is_none_or(|guide| guide.method(&account.method).is_none()) {
        guide = editions::by_digest(app, &account.guide_digest).await?;
    }
    let gone = || ApiError::new(&CONFLICT, "There is no guide any more for how this account was linked");
    let guide = guide.ok_or_else(gone)?;
    let tokens = stored_tokens(credentials);
    let start = Start {
        purpose: Purpose::Relink { external_id: account.external_id.clone(), allow_different: false },
        environment: account.environment.as_deref().and_then(Key::parse),
        stored: all_values(app, credentials).await?,
        tokens: tokens.values,
        tokens_expire_at: tokens.end,
        brand: app.brand.name.clone(),
        ..Start::default()
    };
    Flow::new(Arc::clone(&guide), &account.method, start).ok_or_else(gone)
}

/// Whether tokens that were renewed are kept: where a person would have to sign in again, or the provider takes what
/// renews them only once. Others are got anew at any time, and are not worth a writing.
pub(crate) fn keeps_tokens(method: &Method) -> bool {
    method.auth.needs_browser() || method.auth.sign_in.as_ref().is_some_and(|one| one.refresh.is_some())
}
