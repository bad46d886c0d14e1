//! The output of the dialogue: steps, checks and the account that was found.

use std::fmt::Write as _;

use guide::{Key, Section};
use jiff::Timestamp;
use link::{CheckReport, CheckState, Flow, Stage, StepView};
use probe::Identity;

use super::text::prose;
use crate::linking::report::{check_line, found_lines};
use crate::out::{Ink, Out, width};

/// The terminal screen and its current content.
pub(crate) struct Screen<'o> {
    out: &'o Out,
    /// The step that is shown, if any.
    shown: Option<Key>,
    /// The checks that are shown.
    reports: Vec<CheckReport>,
    /// The number of lines at the end of the screen that show a running check and must be overwritten.
    open: usize,
}

impl<'o> Screen<'o> {
    pub(crate) fn new(out: &'o Out) -> Self {
        Self { out, shown: None, reports: Vec::new(), open: 0 }
    }

    /// Shows a step from the guide. If the step is already shown and the person only has to correct a field, the step
    /// is not shown again.
    pub(crate) fn step(&mut self, flow: &Flow, view: &StepView<'_>) {
        if self.shown.as_ref() == Some(&view.step.key) && view.failure.is_none() {
            return;
        }
        self.shown = Some(view.step.key.clone());
        self.reports.clear();
        let out = self.out;
        let mut text = String::from("\n");
        if view.opens_section {
            text.push_str(&self.section(flow, view.section));
        }
        let number = out.ink(Ink::Dim, &format!("Step {} of {} ·", view.number, view.total));
        let title = format!("{number} {}", out.ink(Ink::Strong, &view.step.title));
        let _ = writeln!(text, "{}\n", out.wrapped(&title));
        text.push_str(&prose(flow, &view.step.body, out));
        out.data(&format!("{}\n\n", text.trim_end_matches('\n')));
    }

    fn section(&self, flow: &Flow, section: &Section) -> String {
        let rule = "─".repeat(width().saturating_sub(section.title.chars().count() + 4));
        let head = self.out.wrapped(format!("── {} {rule}", section.title).trim_end());
        let mut text = format!("{}\n\n", self.out.ink(Ink::Note, &head));
        if let Some(intro) = &section.intro {
            text.push_str(&prose(flow, intro, self.out));
            text.push('\n');
        }
        text
    }

    /// Shows the host that will receive the requests, if the entered values changed it.
    pub(crate) fn host(&mut self, flow: &Flow, fields: &[Key], before: Option<&str>) {
        let is_accepted = match flow.stage() {
            Stage::Step(view) => view.problems.is_empty(),
            Stage::Checking(_) => true,
            _ => false,
        };
        let host_fields = probe::host_fields(flow.method());
        if is_accepted
            && fields.iter().any(|key| host_fields.contains(&key))
            && let Some(host) = flow.host().filter(|host| Some(host.as_str()) != before)
        {
            self.out.prose(&self.out.ink(Ink::Good, &format!("  → will connect to {host}")));
        }
    }

    /// Shows each check on its own line, which is overwritten as the check's state changes.
    pub(crate) fn checks(&mut self, flow: &Flow) {
        let reports: &[CheckReport] = match flow.stage() {
            Stage::Checking(reports) | Stage::Failed { reports, .. } | Stage::Confirm { reports, .. } => {
                reports
            }
            _ => return,
        };
        if self.reports.is_empty() && self.open == 0 {
            self.out.line("");
        }
        for (n, report) in reports.iter().enumerate() {
            if self.reports.get(n) == Some(report) {
                continue;
            }
            let under_way = matches!(report.state, CheckState::Running | CheckState::WaitingUntil(_));
            if under_way && !self.out.live {
                continue;
            }
            let clear = match self.open {
                0 => String::new(),
                lines => format!("\r\x1b[2K{}", "\x1b[1A\x1b[2K".repeat(lines - 1)),
            };
            let end = if under_way { "" } else { "\n" };
            let line = self.out.wrapped(&check_line(report, self.out, Timestamp::now().as_second()));
            self.out.data(&format!("{clear}{line}{end}"));
            self.open = if under_way { line.lines().count() } else { 0 };
        }
        self.reports = reports.to_vec();
    }

    /// Ends the line of a check that was interrupted.
    pub(crate) fn interrupted(&mut self) {
        if std::mem::take(&mut self.open) > 0 {
            self.out.line("");
        }
    }

    /// Shows the account that was found, and the access that it lacks.
    pub(crate) fn found(&mut self, identity: Option<&Identity>, reports: &[CheckReport], limited: bool) {
        self.shown = None;
        self.out.line("");
        self.out.data(&found_lines(identity, reports, limited, self.out));
        self.out.line("");
    }
}
