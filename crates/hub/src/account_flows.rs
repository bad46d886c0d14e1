//! Starts and runs flows with linked accounts' credentials, and stores renewed tokens and failures.

use std::sync::Arc;

use driver::{TokenKeeper, Verification, stored_tokens, stored_values};
use guide::Brand;
use jiff::Timestamp;
use link::{Flow, Stage, Start};
use url::Url;
use vault::{Account, By, ChangeError, Credentials, Vault};

use crate::connectors::Connectors;
use crate::editions::Editions;
use crate::guides::Guides;
use crate::linking::{CheckSender, check_and_keep, check_only};
use crate::sign_ins::redirect_uri;
use crate::wire::error::{ApiError, CONFLICT};

/// Starts and runs flows for linked accounts.
pub(crate) struct AccountFlows {
    pub(crate) vault: Arc<Vault>,
    pub(crate) sender: CheckSender,
    pub(crate) guides: Arc<Guides>,
    pub(crate) editions: Arc<Editions>,
    pub(crate) connectors: Arc<Connectors>,
    pub(crate) brand: Arc<Brand>,
    pub(crate) public_url: Url,
}

impl AccountFlows {
    /// Creates an account's flow from the current guide, so that the flow reflects changes to the provider's API. If
    /// the current guide no longer has the account's method, uses the guide that the account was linked with.
    pub(crate) async fn relink_flow(&self, credentials: &Credentials) -> Result<Flow, ApiError> {
        let account = &credentials.account;
        let mut guide = self.guides.current(&account.provider);
        if guide.as_ref().is_none_or(|guide| guide.method(&account.method).is_none()) {
            guide = self.editions.by_digest(&account.guide_digest).await?;
        }
        let gone = || ApiError::new(&CONFLICT, "The guide this account was linked with no longer exists");
        let guide = guide.ok_or_else(gone)?;
        let mut stored = stored_values(credentials);
        if let Some(home) = &account.home
            && let Some(connector) = self.connectors.find(&home.project, &home.connector_profile).await?
        {
            stored.extend(self.connectors.setup_values(&connector).await?);
        }
        let start = driver::relink(account, stored, stored_tokens(credentials));
        let redirect_uri = Some(redirect_uri(&self.public_url, &account.provider));
        let start = Start { product: self.brand.product(), redirect_uri, ..start };
        let mut flow = Flow::new(guide, &account.method, start).ok_or_else(gone)?;
        // The checks may replace the tokens.
        flow.hide(driver::secrets_to_hide(credentials, flow.method()));
        Ok(flow)
    }

    /// Runs a flow's checks without saving anything.
    pub(crate) async fn check_only(&self, flow: &mut Flow) -> Result<(), ApiError> {
        check_only(&self.sender, &self.vault, flow).await
    }

    /// Runs the checks of an account's flow, and stores any renewed tokens.
    pub(crate) async fn check_and_keep(
        &self,
        flow: &mut Flow,
        keeper: &mut TokenKeeper,
    ) -> Result<(), ApiError> {
        check_and_keep(&self.sender, &self.vault, flow, keeper).await
    }

    /// Stores a failure that requires a person to act, so that the account's status shows it. Ignores other failures:
    /// the next request through the account tries again.
    pub(crate) async fn record_failure(
        &self,
        flow: &Flow,
        account: &Account,
        actor: &str,
    ) -> Result<(), ApiError> {
        if !matches!(flow.stage(), Stage::Failed { verdict, .. } if verdict.outcome.needs_person()) {
            return Ok(());
        }
        let Some(record) = Verification::of(flow).record(account.version) else { return Ok(()) };
        match self.vault.record_check(&account.id, &record, By::new(actor, Timestamp::now())).await {
            // In the meantime, the credentials were replaced or the account was deleted.
            Ok(_) | Err(ChangeError::Conflict { .. } | ChangeError::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
