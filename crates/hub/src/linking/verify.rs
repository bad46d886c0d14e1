//! Checking an account again, with what it was linked with.

use std::sync::Arc;

use guide::Key;
use jiff::Timestamp;
use link::{CheckReport, CheckState, Flow, Purpose, Stage, Start};
use serde::Serialize;
use utoipa::ToSchema;
use vault::{Account, AccountState, ChangeError, CheckRecord};

use super::{check, values};
use crate::app::App;
use crate::editions;
use crate::wire::error::{ApiError, CONFLICT, NOT_FOUND};

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

/// Checks an account again.
pub(crate) async fn verify(app: &App, account: &Account, actor: &str) -> Result<Found, ApiError> {
    // What the guide says now counts: a provider that changed its API is asked in the new way.
    let mut guide = app.guides.current(&account.provider);
    if guide.as_ref().is_none_or(|guide| guide.method(&account.method).is_none()) {
        guide = editions::by_digest(app, &account.guide_digest).await?;
    }
    let gone = || ApiError::new(&CONFLICT, "There is no guide any more for how this account was linked");
    let guide = guide.ok_or_else(gone)?;
    let now = Timestamp::now();
    let opened = app.vault.unseal(&account.id, actor, "verify", now).await.map_err(failed)?;
    let start = Start {
        purpose: Purpose::Again { external_id: account.external_id.clone(), other_allowed: false },
        environment: account.environment.as_deref().and_then(Key::parse),
        stored: values::all_values(app, &opened).await?,
        tokens: values::stored_tokens(&opened),
        brand: app.brand.name.clone(),
        ..Start::default()
    };
    let mut flow = Flow::new(Arc::clone(&guide), &account.method, start).ok_or_else(gone)?;
    flow.submit_all(&[]);
    check::run(app, &mut flow, &mut Vec::new(), None).await?;
    let account = &values::keep_tokens(app, &opened, &flow, actor).await?;
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
    let account = app.vault.record_check(&account.id, &record, actor).await.map_err(failed)?;
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

fn failed(error: ChangeError) -> ApiError {
    match error {
        ChangeError::NotFound { .. } => ApiError::new(&NOT_FOUND, "There is no account with this id"),
        ChangeError::Conflict { .. } | ChangeError::OtherAccount { .. } | ChangeError::AttemptOver { .. } => {
            ApiError::new(&CONFLICT, "The account was changed meanwhile; look again")
        }
        ChangeError::Store(error) => ApiError::internal(&error),
    }
}
