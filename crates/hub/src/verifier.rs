//! Rechecks linked accounts with their stored credentials.

use std::sync::Arc;

use driver::{TokenKeeper, Verification, keeps_tokens};
use jiff::Timestamp;
use link::Flow;
use vault::{Account, AccountId, By, Credentials, Vault};

use crate::account_flows::AccountFlows;
use crate::renewals::Renewals;
use crate::wire::error::ApiError;

/// Rechecks linked accounts.
pub(crate) struct Verifier {
    pub(crate) vault: Arc<Vault>,
    pub(crate) flows: Arc<AccountFlows>,
    pub(crate) renewals: Arc<Renewals>,
}

impl Verifier {
    /// Rechecks an account, and returns the account with the result. The check may renew the account's tokens, so no
    /// other task can renew them during the check.
    pub(crate) async fn verify(
        self: &Arc<Self>,
        account: &Account,
        actor: &str,
    ) -> Result<(Account, Verification), ApiError> {
        let opened = self.unsealed(&account.id, actor).await?;
        let flow = self.flows.relink_flow(&opened).await?;
        if !keeps_tokens(flow.method()) {
            return self.check(flow, opened, actor).await;
        }
        let (verifier, id, actor) = (Arc::clone(self), account.id.clone(), actor.to_owned());
        let checks = Box::pin(async move {
            // The credentials are read again, because the previous holder of the lease may have renewed the tokens.
            let opened = verifier.unsealed(&id, &actor).await?;
            let flow = verifier.flows.relink_flow(&opened).await?;
            verifier.check(flow, opened, &actor).await
        });
        self.renewals.exclusively(&account.id, checks).await
    }

    async fn unsealed(&self, id: &AccountId, actor: &str) -> Result<Credentials, ApiError> {
        Ok(self.vault.unseal(id, "verify", By::new(actor, Timestamp::now())).await?)
    }

    async fn check(
        &self,
        mut flow: Flow,
        opened: Credentials,
        actor: &str,
    ) -> Result<(Account, Verification), ApiError> {
        let mut keeper = TokenKeeper { credentials: opened, actor: actor.to_owned() };
        self.flows.check_and_keep(&mut flow, &mut keeper).await?;
        let mut account = keeper.credentials.account;
        let found = Verification::of(&flow);
        if let Some(record) = found.record(account.version) {
            account = self.vault.record_check(&account.id, &record, By::new(actor, Timestamp::now())).await?;
        }
        Ok((account, found))
    }
}
