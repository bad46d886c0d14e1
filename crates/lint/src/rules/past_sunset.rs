//! A sunset that has passed.

use guide::{CodePage, Finding, Severity};

use crate::calendar::sunsets;
use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0332",
    name: "past-sunset",
    severity: Severity::Warning,
    summary: "A sunset date has passed",
    why: "after that date, the provider no longer responds as the guide describes, and every link fails",
    help: "remove the method or guide that has ended, or correct the date",
    bad: "lifecycle: [{ event: sunset, on: '2020-01-01', … }]",
    good: "lifecycle: [{ event: sunset, on: '2031-01-01', … }]",
};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for (_, event, what) in sunsets(subject).into_iter().filter(|(left, ..)| *left < 0) {
        let message = format!("the sunset of {what} was on {}", event.on);
        findings.push(Finding::new(&PAGE, event.span, message));
    }
}
