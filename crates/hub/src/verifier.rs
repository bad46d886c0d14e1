//! Checking an account again, with what it was linked with.

use std::sync::Arc;

use driver::{TokenKeeper, Verification, keeps_tokens};
use jiff::Timestamp;
use link::{CheckReport, CheckState, Flow};
use serde::Serialize;
use utoipa::ToSchema;
use vault::{Account, AccountId, By, Credentials, Vault};

use crate::account_flows::AccountFlows;
use crate::renewals::Renewals;
use crate::wire::error::ApiError;

/// What was found.
#[derive(Debug)]
pub(crate) struct Found {
    /// The account, as it is now.
    pub(crate) account: Account,
    /// The outcome.
    pub(crate) outcome: String,
    /// In words, where it is not good.
    pub(crate) message: Option<String>,
    /// Each check.
    pub(crate) checks: Vec<CheckSeen>,
}

/// How a check went.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CheckSeen {
    /// Its key.
    key: String,
    /// What it is called.
    label: String,
    /// `passed`, `missed` (it may fail, and did), `failed`, or `running`.
    state: &'static str,
}

/// Checks linked accounts again.
pub(crate) struct Verifier {
    pub(crate) vault: Arc<Vault>,
    pub(crate) flows: Arc<AccountFlows>,
    pub(crate) renewals: Arc<Renewals>,
}

impl Verifier {
    /// Checks an account again. While this may renew the account's tokens, no other task may renew them.
    pub(crate) async fn verify(self: &Arc<Self>, account: &Account, actor: &str) -> Result<Found, ApiError> {
        let opened = self.unsealed(&account.id, actor).await?;
        let flow = self.flows.relink_flow(&opened).await?;
        if !keeps_tokens(flow.method()) {
            return self.check(flow, opened, actor).await;
        }
        let (verifier, id, actor) = (Arc::clone(self), account.id.clone(), actor.to_owned());
        let checks = Box::pin(async move {
            // Read again: the task that held the lease before may have renewed the tokens.
            let opened = verifier.unsealed(&id, &actor).await?;
            let flow = verifier.flows.relink_flow(&opened).await?;
            verifier.check(flow, opened, &actor).await
        });
        self.renewals.alone(&account.id, checks).await
    }

    async fn unsealed(&self, id: &AccountId, actor: &str) -> Result<Credentials, ApiError> {
        Ok(self.vault.unseal(id, "verify", By::new(actor, Timestamp::now())).await?)
    }

    async fn check(&self, mut flow: Flow, opened: Credentials, actor: &str) -> Result<Found, ApiError> {
        let mut keeper = TokenKeeper { credentials: opened, actor: actor.to_owned() };
        self.flows.check_and_keep(&mut flow, &mut keeper).await?;
        let mut account = keeper.credentials.account;
        let found = Verification::of(&flow);
        if let Some(record) = found.record(account.version) {
            account = self.vault.record_check(&account.id, &record, By::new(actor, Timestamp::now())).await?;
        }
        let checks = found.checks.iter().map(seen).collect();
        Ok(Found { account, outcome: found.outcome, message: found.message, checks })
    }
}

fn seen(report: &CheckReport) -> CheckSeen {
    CheckSeen {
        key: report.check.to_string(),
        label: report.label.clone(),
        state: match report.state {
            CheckState::Running | CheckState::WaitingUntil(_) => "running",
            CheckState::Passed => "passed",
            CheckState::Missed => "missed",
            CheckState::Failed => "failed",
        },
    }
}
