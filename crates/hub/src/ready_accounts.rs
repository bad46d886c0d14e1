//! Accounts that requests are sent through: read from the database at most once a second, with sealed credentials.
//!
//! **Invariant:** credentials are opened for each request, after its use has been recorded, and are not kept.

use std::sync::Arc;

use guide::Guide;
use link::Flow;
use probe::Values;
use vault::{
    Account, AccountId, By, Credentials, SealedAccount, SealedProfile, StoreError, UseRecorder, Vault,
};

use crate::account_flows::AccountFlows;
use crate::recent::Recent;
use crate::status;
use crate::wire::error::{ApiError, CONFLICT, NOT_FOUND, PRECONDITION_FAILED};

/// An account with everything that requests through it need.
pub(crate) struct ReadyAccount {
    sealed: SealedAccount,
    /// The connector profile. `None` for a built-in connector, or if the profile has been deleted.
    profile: Option<SealedProfile>,
    /// The guide that requests follow, or why there is none.
    guide: Result<Arc<Guide>, ApiError>,
}

/// Finds accounts and opens their credentials.
pub(crate) struct ReadyAccounts {
    vault: Arc<Vault>,
    flows: Arc<AccountFlows>,
    recorder: Arc<UseRecorder>,
    recent: Recent<AccountId, ReadyAccount>,
}

impl ReadyAccount {
    /// Returns the account.
    pub(crate) fn account(&self) -> &Account {
        self.sealed.account()
    }

    /// Returns an error if requests cannot be sent through the account.
    pub(crate) fn require_usable(&self) -> Result<(), ApiError> {
        let is_active = self.profile.as_ref().is_none_or(|profile| profile.profile().active);
        let (status, reason) = status::of(self.account(), is_active);
        if status.is_usable() {
            return Ok(());
        }
        let reason = reason.map(|reason| format!(": {}", reason.description)).unwrap_or_default();
        let code = if is_active { &CONFLICT } else { &PRECONDITION_FAILED };
        let error = ApiError::new(code, format!("The account is {status}{reason}"));
        Err(error.with("status", <&str>::from(status)))
    }
}

impl ReadyAccounts {
    pub(crate) fn new(vault: Arc<Vault>, flows: Arc<AccountFlows>, recorder: Arc<UseRecorder>) -> Self {
        let recent = Recent::new(Arc::clone(&vault));
        Self { vault, flows, recorder, recent }
    }

    /// Returns the account with this id. `None` if there is no such account.
    pub(crate) async fn find(&self, id: &AccountId) -> Result<Option<Arc<ReadyAccount>>, ApiError> {
        self.recent.find(id, self.read(id)).await
    }

    /// Records the use of an account's credentials, opens them, and returns them with a flow that uses them.
    pub(crate) async fn open(
        &self,
        ready: &ReadyAccount,
        purpose: &str,
        by: By<'_>,
    ) -> Result<(Credentials, Flow), ApiError> {
        let guide = ready.guide.clone()?;
        let (credentials, setup) = match self.secrets(ready, purpose, by).await {
            // The vault's key has been rotated since the account was read.
            Err(StoreError::Key(_)) => {
                let id = &ready.account().id;
                self.recent.forget(id);
                let again = self
                    .find(id)
                    .await?
                    .ok_or_else(|| ApiError::new(&NOT_FOUND, "No account has this id"))?;
                self.secrets(&again, purpose, by).await?
            }
            opened => opened?,
        };
        let flow = self.flows.flow(&credentials, guide, setup)?;
        Ok((credentials, flow))
    }

    /// Opens an account's credentials and the values that an admin entered for its connector.
    async fn secrets(
        &self,
        ready: &ReadyAccount,
        purpose: &str,
        by: By<'_>,
    ) -> Result<(Credentials, Values), StoreError> {
        let credentials = self.recorder.open(&ready.sealed, purpose, by).await?;
        let Some(profile) = &ready.profile else { return Ok((credentials, Values::new())) };
        let secrets = self.vault.open_connector_profile(profile).await?;
        Ok((credentials, driver::values(&profile.profile().values, &secrets)))
    }

    async fn read(&self, id: &AccountId) -> Result<Option<ReadyAccount>, ApiError> {
        let Some(sealed) = self.vault.sealed_account(id).await? else { return Ok(None) };
        let profile = self.flows.profile(sealed.account()).await?;
        let guide = self.flows.guide(sealed.account()).await;
        Ok(Some(ReadyAccount { sealed, profile, guide }))
    }
}
