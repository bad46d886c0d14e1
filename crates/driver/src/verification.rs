//! The result of rechecking a linked account.

use guide::OutcomeKind;
use link::{CheckReport, Flow, Stage};
use vault::{AccountState, CheckRecord};

/// The result of rechecking a linked account.
#[derive(Clone, Debug)]
pub struct Verification {
    /// The outcome, such as `ok` or `wrong_secret`.
    pub outcome: String,
    /// The problem and how to fix it. `None` if the account works.
    pub message: Option<String>,
    /// The result of each check.
    pub checks: Vec<CheckReport>,
    /// Whether the failure is transient and therefore says nothing about the account.
    pub is_transient: bool,
}

impl Verification {
    /// Reads the result from a flow whose checks have finished.
    pub fn of(flow: &Flow) -> Self {
        let (outcome, message, checks, is_transient) = match flow.stage() {
            Stage::Confirm { limited, reports, .. } => {
                let outcome = if limited { OutcomeKind::OkLimited } else { OutcomeKind::Ok };
                (outcome, None, reports.to_vec(), false)
            }
            Stage::Failed { verdict, reports, .. } => {
                let message = format!("{} {}", verdict.says, verdict.fix).trim().to_owned();
                (verdict.outcome, Some(message), reports.to_vec(), verdict.outcome.is_transient())
            }
            Stage::Step(view) => {
                let says: Vec<&str> = view.problems.iter().map(|problem| &*problem.says).collect();
                (OutcomeKind::Misconfigured, Some(says.join("; ")), Vec::new(), false)
            }
            _ => (OutcomeKind::Unknown, None, Vec::new(), true),
        };
        Self { outcome: outcome.to_string(), message, checks, is_transient }
    }

    /// Returns the record to store with the account, or `None` for a transient failure. `version` is the version of the
    /// credentials that were checked.
    pub fn record(&self, version: i64) -> Option<CheckRecord> {
        if self.is_transient {
            return None;
        }
        let state = match &self.message {
            None => AccountState::Active,
            Some(reason) => AccountState::Error { reason: reason.clone() },
        };
        Some(CheckRecord { version, outcome: self.outcome.clone(), state })
    }
}
