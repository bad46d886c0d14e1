//! The values that an account is used with: its own, and those that an admin has set up.

use driver::stored_values;
use probe::Values;
use vault::Credentials;

use crate::app::App;
use crate::connectors;
use crate::wire::error::ApiError;

/// What an account was linked with, with what its configuration adds.
pub(crate) async fn all_values(app: &App, credentials: &Credentials) -> Result<Values, ApiError> {
    let mut values = stored_values(credentials);
    if let Some(home) = &credentials.account.home
        && let Some(integration) = connectors::find(app, &home.project, &home.config).await?
    {
        values.extend(super::config_values(app, &integration).await?);
    }
    Ok(values)
}
