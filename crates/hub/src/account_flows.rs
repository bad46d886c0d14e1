//! Starts and runs flows with linked accounts' credentials, and stores renewed tokens and failures.

use std::sync::Arc;

use driver::{TokenKeeper, Verification, stored_tokens, stored_values};
use guide::{Brand, Guide};
use jiff::Timestamp;
use link::{Flow, Stage, Start};
use probe::Values;
use url::Url;
use vault::{Account, AccountId, By, ChangeError, Credentials, SealedProfile, StoreError, Vault};

use crate::connectors::is_built_in;
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
    pub(crate) brand: Arc<Brand>,
    pub(crate) public_url: Url,
}

impl AccountFlows {
    /// Creates an account's flow, with the values that an admin entered for its connector.
    pub(crate) async fn relink_flow(&self, credentials: &Credentials) -> Result<Flow, ApiError> {
        let guide = self.guide(&credentials.account).await?;
        let setup = match self.profile(&credentials.account).await? {
            Some(profile) => {
                let secrets = self.vault.open_connector_profile(&profile).await?;
                driver::values(&profile.profile().values, &secrets)
            }
            None => Values::new(),
        };
        self.flow(credentials, guide, setup)
    }

    /// Returns the guide for an account: the current guide, so that requests reflect changes to the provider's API. If
    /// the current guide no longer has the account's method, returns the guide that the account was linked with.
    pub(crate) async fn guide(&self, account: &Account) -> Result<Arc<Guide>, ApiError> {
        let current = self.guides.current(&account.provider);
        if let Some(guide) = current.filter(|guide| guide.method(&account.method).is_some()) {
            return Ok(guide);
        }
        self.editions.by_digest(&account.guide_digest).await?.ok_or_else(no_guide)
    }

    /// Returns an account's connector profile, with sealed secrets. `None` for a built-in connector, or if the profile
    /// has been deleted.
    pub(crate) async fn profile(&self, account: &Account) -> Result<Option<SealedProfile>, StoreError> {
        let Some(home) = account.home.as_ref().filter(|home| !is_built_in(&home.connector_profile)) else {
            return Ok(None);
        };
        self.vault.sealed_connector_profile(&home.project, &home.connector_profile).await
    }

    /// Creates an account's flow from its guide and the values that an admin entered for its connector.
    pub(crate) fn flow(
        &self,
        credentials: &Credentials,
        guide: Arc<Guide>,
        setup: Values,
    ) -> Result<Flow, ApiError> {
        let account = &credentials.account;
        let mut stored = stored_values(credentials);
        stored.extend(setup);
        let start = driver::relink(account, stored, stored_tokens(credentials));
        let redirect_uri = Some(redirect_uri(&self.public_url, &account.provider));
        let start = Start { product: self.brand.product(), redirect_uri, ..start };
        let mut flow = Flow::new(guide, &account.method, start).ok_or_else(no_guide)?;
        // The checks may replace the tokens.
        flow.hide(driver::secrets_to_hide(credentials, flow.method()));
        Ok(flow)
    }

    /// Runs the checks of an account's flow for this actor, without saving anything.
    pub(crate) async fn check_only(
        &self,
        flow: &mut Flow,
        account: &AccountId,
        actor: &str,
    ) -> Result<(), ApiError> {
        check_only(&self.sender, &self.vault, flow, (account, actor)).await
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

fn no_guide() -> ApiError {
    ApiError::new(&CONFLICT, "The guide this account was linked with no longer exists")
}
