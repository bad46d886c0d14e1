//! A sunset that is less than 90 days away.

use guide::{CodePage, Finding, Severity};

use crate::calendar::sunsets;
use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0346",
    name: "near-sunset",
    severity: Severity::Warning,
    summary: "A sunset is less than 90 days away",
    why: "linked accounts stop working on that day, and their owners need time to switch",
    help: "add the replacement method, notify the owners of linked accounts, and then allow the finding",
    bad: "# on 2031-01-10
lifecycle: [{ event: sunset, on: '2031-02-01', … }]",
    good: "# on 2031-01-10
lifecycle: [{ event: sunset, on: '2032-02-01', … }]",
};

/// Enough notice to plan the change, in days.
const NEAR: i64 = 90;

pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for (left, event, what) in sunsets(subject) {
        let when = match left {
            0 => "today".to_owned(),
            1 => "tomorrow".to_owned(),
            2..NEAR => format!("in {left} days"),
            _ => continue,
        };
        findings.push(Finding::new(&PAGE, event.span, format!("the sunset of {what} is {when}")));
    }
}
