//! Checking an account again, with what it was linked with.

use std::sync::Arc;

use jiff::Timestamp;
use link::{CheckReport, CheckState, Flow, Stage};
use serde::Serialize;
use utoipa::ToSchema;
use vault::{Account, AccountState, CheckRecord, Credentials};

use super::values::{Held, keeps_tokens};
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
    app.renewals
        .alone(&opened.account.id, async move {
            // As they are now: whoever had the turn before may have renewed them.
            let opened = unsealed(&shared, &account, &actor).await?;
            let mut flow = shared.account_flows.relink_flow(&opened).await?;
            look(&shared, &mut flow, opened, &actor).await
        })
        .await
}

async fn unsealed(app: &App, account: &Account, actor: &str) -> Result<Credentials, ApiError> {
    Ok(app.vault.unseal(&account.id, actor, "verify", Timestamp::now()).await?)
}

async fn look(app: &App, flow: &mut Flow, opened: Credentials, actor: &str) -> Result<Found, ApiError> {
    let mut held = Held { credentials: opened, actor: actor.to_owned() };
    app.account_flows.check_and_keep(flow, &mut held).await?;
    let account = &held.credentials.account;
    let (outcome, message, reports, transient) = match flow.stage() {
        Stage::Confirm { limited, reports, .. } => {
            (if limited { "ok_limited" } else { "ok" }.to_owned(), None, reports.to_vec(), false)
        }
        Stage::Failed { verdict, reports, .. } => (
            verdict.outcome.to_string(),
            Some(format!("{} {}", verdict.says, verdict.fix).trim().to_owned()),
            reports.to_vec(),
            verdict.outcome.is_transient(),
        ),
        Stage::Step(view) => {
            let says: Vec<&str> = view.problems.iter().map(|problem| &*problem.says).collect();
            ("misconfigured".to_owned(), Some(says.join("; ")), Vec::new(), false)
        }
        _ => ("unknown".to_owned(), None, Vec::new(), true),
    };
    let checks = reports.iter().map(seen).collect();
    // What passes by itself says nothing about the account.
    if transient {
        return Ok(Found { account: account.clone(), outcome, message, checks });
    }
    let state = match &message {
        None => AccountState::Active,
        Some(reason) => AccountState::Error { reason: reason.clone() },
    };
    let record =
        CheckRecord { version: account.version, outcome: outcome.clone(), at: Timestamp::now(), state };
    let account = app.vault.record_check(&account.id, &record, actor).await?;
    Ok(Found { account, outcome, message, checks })
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
