//! The values that an account is used with: its own, and those that an admin has set up.

use driver::stored_values;
use probe::Values;
use vault::Credentials;

use crate::app::App;
use crate::connectors;
use crate::wire::error::ApiError;

/// What an account was linked with, with what its connector profile adds.
pub(crate) async fn all_values(app: &App, credentials: &Credentials) -> Result<Values, ApiError> {
    let mut values = stored_values(credentials);
    if let Some(home) = &credentials.account.home
        && let Some(connector) = connectors::find(app, &home.project, &home.connector_profile).await?
    {
        values.extend(super::profile_values(app, &connector).await?);
    }
    Ok(values)
}
