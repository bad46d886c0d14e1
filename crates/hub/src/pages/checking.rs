//! The progress of checks, as a page and as data for the script.
//!
//! **Invariant:** the page and the data contain the same information in the same wording.

use guide::Check;
use link::{CheckReport, CheckState, Flow, Stage};
use minijinja::context;
use serde::Serialize;

use super::shell::{Frame, Head, PageProvider, data, render_page};
use crate::texts::fill;

/// The data for the page that shows the checks.
#[derive(Clone, Copy)]
pub struct CheckingPage<'a> {
    /// The flow, with checks in progress.
    pub flow: &'a Flow,
    /// The progress that another process saved; `None` to use the flow's own progress.
    pub reports: Option<&'a [CheckReport]>,
    /// The path of the form: `/session/{session}/{connector}`.
    pub base: &'a str,
    /// The current time (Unix seconds).
    pub now: i64,
}

/// The progress of the checks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// `form`, `checking`, `failed`, `confirm`, `storing`, `linked` or `closed`.
    pub state: &'static str,
    /// The checks in order; pending checks come last.
    pub reports: Vec<Report>,
    /// The path of the next page. `None` while the checks run or the account is being stored.
    pub next: Option<String>,
}

/// The progress of one check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The check's label, in the guide's language.
    pub label: String,
    /// `pending`, `running`, `waiting`, `passed`, `missed` or `failed`.
    pub state: &'static str,
    /// The state in the reader's language.
    pub says: String,
    /// The number of seconds until the check is retried. `None` unless it is waiting.
    pub seconds: Option<i64>,
}

/// Renders the page.
pub fn checking(frame: &Frame<'_>, page: &CheckingPage<'_>) -> String {
    let texts = frame.texts();
    let provider = PageProvider::from(page.flow.guide());
    let title = frame.fill(texts.checking_title, &[("provider", provider.name)]);
    let head = Head {
        stage: Some(3),
        provider: Some(provider),
        refresh: Some(2),
        ..Head::new(title, texts.checking_lead)
    };
    let waiting = [("provider", provider.name), ("seconds", "{seconds}")];
    let page = context! {
        base => page.base,
        host => page.flow.host(),
        waiting => fill(texts.state_waiting_seconds, &waiting),
        patience => frame.fill(texts.checking_patience, &[("provider", provider.name)]),
        reports => data(progress(frame, page).reports),
    };
    render_page(frame, &head, "checking.html", page)
}

/// Returns the progress as data, for the script.
pub fn progress(frame: &Frame<'_>, page: &CheckingPage<'_>) -> Progress {
    let base = page.base;
    let (state, reports, next) = match page.flow.stage() {
        Stage::Choose(_) | Stage::Step(_) => ("form", &[][..], Some(base.to_owned())),
        Stage::Checking(reports) => ("checking", page.reports.unwrap_or(reports), None),
        Stage::Failed { reports, .. } => ("failed", reports, Some(base.to_owned())),
        Stage::Confirm { reports, .. } => ("confirm", reports, Some(format!("{base}/confirm"))),
        Stage::Storing => ("storing", &[][..], None),
        Stage::Linked => ("linked", &[][..], Some(format!("{base}/done"))),
        Stage::Closed => ("closed", &[][..], Some(base.to_owned())),
    };
    let mut all: Vec<Report> = reports.iter().map(|report| view(frame, page, report)).collect();
    if state == "checking" {
        let is_pending = |check: &&Check| reports.iter().all(|report| report.check != check.key);
        let pending = page.flow.method().checks.iter().filter(is_pending);
        let was_idle = !reports.iter().any(|report| is_unfinished(&report.state));
        all.extend(pending.map(|check| Report {
            label: check.label.clone(),
            state: "pending",
            says: frame.texts().state_pending.to_owned(),
            seconds: None,
        }));
        // The process that runs the checks may not have saved any progress yet, or may be between two requests. Shows
        // the next check as running, so that the attempt never looks idle.
        if let Some(next) = all.iter_mut().find(|one| one.state == "pending").filter(|_| was_idle) {
            next.state = "running";
            frame.texts().state_running.clone_into(&mut next.says);
        }
    }
    Progress { state, reports: all, next }
}

fn is_unfinished(state: &CheckState) -> bool {
    matches!(state, CheckState::Running | CheckState::WaitingUntil(_))
}

fn view(frame: &Frame<'_>, page: &CheckingPage<'_>, report: &CheckReport) -> Report {
    let texts = frame.texts();
    let provider = page.flow.guide().provider.name.as_str();
    let (state, says, seconds) = match report.state {
        CheckState::Running => ("running", texts.state_running.to_owned(), None),
        CheckState::WaitingUntil(until) => {
            let seconds = until.saturating_sub(page.now).clamp(0, 3600);
            let values = [("provider", provider), ("seconds", &seconds.to_string())];
            ("waiting", fill(texts.state_waiting_seconds, &values), Some(seconds))
        }
        CheckState::Passed => ("passed", texts.state_passed.to_owned(), None),
        CheckState::Missed => ("missed", texts.state_missed.to_owned(), None),
        CheckState::Failed => ("failed", texts.state_failed.to_owned(), None),
    };
    Report { label: report.label.clone(), state, says, seconds }
}
