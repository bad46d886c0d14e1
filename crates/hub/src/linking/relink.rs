//! The flow of an account that is linked: with what it was linked with, and what signing in gave.

use std::sync::Arc;

use link::{Flow, Start};
use vault::Credentials;

use super::values::all_values;
use crate::app::App;
use crate::editions;
use crate::wire::error::{ApiError, CONFLICT};

/// The flow of an account, as the guide is now: a provider that changed its API is asked in the new way.
pub(crate) async fn relink_flow(app: &App, credentials: &Credentials) -> Result<Flow, ApiError> {
    let account = &credentials.account;
    let mut guide = app.guides.current(&account.provider);
    if guide.as_ref().is_none_or(|guide| guide.method(&account.method).is_none()) {
        guide = editions::by_digest(app, &account.guide_digest).await?;
    }
    let gone = || ApiError::new(&CONFLICT, "There is no guide any more for how this account was linked");
    let guide = guide.ok_or_else(gone)?;
    let stored = all_values(app, credentials).await?;
    let start = driver::relink(account, stored, driver::stored_tokens(credentials));
    let start = Start { brand: app.brand.name.clone(), ..start };
    Flow::new(Arc::clone(&guide), &account.method, start).ok_or_else(gone)
}
