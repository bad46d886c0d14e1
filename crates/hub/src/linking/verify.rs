//! Checking an account again, with what it was linked with.

use std::sync::Arc;

use driver::{TokenKeeper, Verification, keeps_tokens};
use jiff::Timestamp;
use link::{CheckReport, CheckState, Flow};
use serde::Serialize;
use utoipa::ToSchema;
use vault::{Account, By, Credentials};

use crate::app::App;
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

/// Checks an account again. Where that may renew its tokens, nobody else may at the same time.
pub(crate) async fn verify(app: &Arc<App>, account: &Account, actor: &str) -> Result<Found, ApiError> {
    let opened = unsealed(app, account, actor).await?;
    let mut flow = app.account_flows.relink_flow(&opened).await?;
    if !keeps_tokens(flow.method()) {
        return look(app, &mut flow, opened, actor).await;
    }
    let (shared, account, actor) = (Arc::clone(app), account.clone(), actor.to_owned());
    let checks = Box::pin(async move {
        // As they are now: whoever had the turn before may have renewed them.
        let opened = unsealed(&shared, &account, &actor).await?;
        let mut flow = shared.account_flows.relink_flow(&opened).await?;
        look(&shared, &mut flow, opened, &actor).await
    });
    app.renewals.alone(&opened.account.id, checks).await
}

async fn unsealed(app: &App, account: &Account, actor: &str) -> Result<Credentials, ApiError> {
    Ok(app.vault.unseal(&account.id, "verify", By::new(actor, Timestamp::now())).await?)
}

async fn look(app: &App, flow: &mut Flow, opened: Credentials, actor: &str) -> Result<Found, ApiError> {
    let mut keeper = TokenKeeper { credentials: opened, actor: actor.to_owned() };
    app.account_flows.check_and_keep(flow, &mut keeper).await?;
    let mut account = keeper.credentials.account;
    let found = Verification::of(flow);
    if let Some(record) = found.record(account.version) {
        account = app.vault.record_check(&account.id, &record, By::new(actor, Timestamp::now())).await?;
    }
    let checks = found.checks.iter().map(seen).collect();
    Ok(Found { account, outcome: found.outcome, message: found.message, checks })
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
