//! Checks, grades and compares guides.
//!
//! A rule examines a guide and reports what to improve; each rule has its own file. [`check`] returns all findings for
//! an entry: the parser's findings and, if there are no errors, the rules' findings, without those that the guide
//! allows. [`grade()`] rates the quality of a usable guide. [`compare`] reports what changed between two versions.
#![warn(clippy::disallowed_methods, clippy::disallowed_types)]

mod bindings;
mod calendar;
mod changes;
mod conditions;
mod conversation;
mod failing;
mod grade;
mod place;
mod rule;
mod rules;
mod texts;
mod wording;

use catalog::Entry;
use guide::Finding;

pub use crate::changes::{Change, Impact, compare};
pub use crate::failing::failing_scenario;
pub use crate::grade::{CRITERIA, Criterion, Grade, Graded, Missing, Report, grade};
pub use crate::rule::{Rule, Subject};
pub use crate::rules::{RULES, UNREACHED_OUTCOME, pages};

/// Returns all findings for an entry, in source order. `today` is a date as `YYYY-MM-DD`; without it, rules that
/// compare dates report nothing.
///
/// The rules run only on a guide without errors. On a partially read guide, they would report consequences of the error
/// and hide its cause.
pub fn check(entry: &Entry, today: Option<&str>) -> Vec<Finding> {
    let mut findings = entry.reading.findings.clone();
    if let Some(guide) = entry.reading.usable() {
        let subject = Subject { guide, entry, today };
        for rule in RULES {
            rule.check.run(&subject, &mut findings);
        }
        findings = rules::without_allowed(guide, findings);
    }
    sort(&mut findings);
    findings
}

/// Sorts findings in source order.
pub fn sort(findings: &mut [Finding]) {
    findings.sort_by_key(|finding| (finding.span, finding.code.code));
}
