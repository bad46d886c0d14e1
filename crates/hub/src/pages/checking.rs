//! Checks as they happen, and the same as data for the script.
//!
//! **Invariant:** page and data say the same, in the same words.

use link::{CheckReport, CheckState, Flow, Stage};
use minijinja::context;
use serde::Serialize;

use super::shell::{Frame, Head, data, draw};
use crate::texts::fill;

/// What the page of checks is made from.
#[derive(Clone, Copy)]
pub struct CheckingPage<'a> {
    /// The flow, with checks under way.
    pub flow: &'a Flow,
    /// How they stand, where another process makes them; the flow's own, if left out.
    pub reports: Option<&'a [CheckReport]>,
    /// Where linking is: `/session/{session}/{connector}`.
    pub base: &'a str,
    /// The provider's icon.
    pub icon: Option<&'a str>,
    /// Now, in seconds since 1970.
    pub now: i64,
}

/// How the checks stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// `form`, `checking`, `failed`, `confirm`, `storing`, `linked` or `closed`.
    pub state: &'static str,
    /// The checks, in order; those that were not begun come last.
    pub reports: Vec<Report>,
    /// The page to go to, unless it is still checking.
    pub next: Option<String>,
}

/// How one check stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What is tried, in the guide's language.
    pub label: String,
    /// `pending`, `running`, `waiting`, `passed`, `missed` or `failed`.
    pub state: &'static str,
    /// The state in the reader's language.
    pub says: String,
    /// How many seconds are waited.
    pub seconds: Option<i64>,
}

/// The page.
pub fn checking(frame: &Frame<'_>, page: &CheckingPage<'_>) -> String {
    let texts = frame.texts();
    let provider = page.flow.guide().provider.name.as_str();
    let title = frame.say(texts.checking_title, &[("provider", provider)]);
    let progress = progress(frame, page);
    let head = Head { refresh: Some(2), ..Head::new(&title, Some(3)) };
    draw(
        frame,
        &head,
        "checking.html",
        context! {
            lead => texts.checking_lead,
            provider,
            icon => page.icon,
            base => page.base,
            host => page.flow.host(),
            waiting => fill(texts.state_waiting_seconds, &[("provider", provider), ("seconds", "{seconds}")]),
            reports => data(&progress.reports),
        },
    )
}

/// How the checks stand, as data: what the script asks for.
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
        let is_begun = |key: &guide::Key| reports.iter().any(|report| report.check == *key);
        let pending = page.flow.method().checks.iter().filter(|check| !is_begun(&check.key));
        all.extend(pending.map(|check| Report {
            label: check.label.clone(),
            state: "pending",
            says: frame.texts().state_pending.to_owned(),
            seconds: None,
        }));
    }
    Progress { state, reports: all, next }
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
