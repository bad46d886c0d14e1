//! Flows over linked accounts: started with what an account was linked with, run, and their renewed tokens kept.

use std::sync::Arc;

use egress::Egress;
use guide::{Brand, Key};
use link::{Flow, Purpose, Start};
use vault::{Credentials, Vault};

use crate::connectors::Connectors;
use crate::editions::Editions;
use crate::guides::Guides;
use crate::linking::{Held, check_and_keep, check_only, stored_tokens, stored_values};
use crate::wire::error::{ApiError, CONFLICT};

/// Starts and runs flows over linked accounts.
pub(crate) struct AccountFlows {
    pub(crate) vault: Arc<Vault>,
    pub(crate) egress: Egress,
    pub(crate) guides: Arc<Guides>,
    pub(crate) editions: Arc<Editions>,
    pub(crate) connectors: Arc<Connectors>,
    pub(crate) brand: Arc<Brand>,
}

impl AccountFlows {
    /// The flow of an account, as the guide is now: a provider that changed its API is asked in the new way.
    pub(crate) async fn relink_flow(&self, credentials: &Credentials) -> Result<Flow, ApiError> {
        let account = &credentials.account;
        let mut guide = self.guides.current(&account.provider);
        if guide.as_ref().is_none_or(|guide| guide.method(&account.method).is_none()) {
            guide = self.editions.by_digest(&account.guide_digest).await?;
        }
        let gone = || ApiError::new(&CONFLICT, "The guide this account was linked with no longer exists");
        let guide = guide.ok_or_else(gone)?;
        let tokens = stored_tokens(credentials);
        let mut stored = stored_values(credentials);
        if let Some(home) = &account.home
            && let Some(connector) = self.connectors.find(&home.project, &home.connector_profile).await?
        {
            stored.extend(self.connectors.setup_values(&connector).await?);
        }
        let start = Start {
            purpose: Purpose::Again { external_id: account.external_id.clone(), other_allowed: false },
            environment: account.environment.as_deref().and_then(Key::parse),
            stored,
            tokens: tokens.values,
            tokens_end: tokens.end,
            brand: self.brand.name.clone(),
            ..Start::default()
        };
        Flow::new(guide, &account.method, start).ok_or_else(gone)
    }

    /// Runs the checks of a flow that belongs to no attempt.
    pub(crate) async fn check_only(&self, flow: &mut Flow) -> Result<(), ApiError> {
        check_only(&self.egress, &self.vault, flow).await
    }

    /// Runs the checks of an account's flow, and keeps tokens that are renewed.
    pub(crate) async fn check_and_keep(&self, flow: &mut Flow, held: &mut Held) -> Result<(), ApiError> {
        check_and_keep(&self.egress, &self.vault, flow, held).await
    }
}
