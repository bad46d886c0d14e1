//! What a good guide is, one file per rule.
//!
//! A rule looks at a guide that was read and says what would be better. [`check`] gives everything there is to say
//! about an entry: what reading found, or, where reading found no error, what the rules find less what the file
//! allows. [`grade()`] says how much more a guide does than work.
#![warn(clippy::disallowed_methods, clippy::disallowed_types)]

mod bindings;
mod calendar;
mod changes;
mod conditions;
mod grade;
mod place;
mod rule;
mod rules;
mod talk;
mod texts;
mod wording;

use catalog::Entry;
use guide::Finding;

pub use crate::changes::{Change, Impact, compare};
pub use crate::grade::{CRITERIA, Criterion, Grade, Graded, Missing, Report, grade};
pub use crate::rule::{Rule, Subject};
pub use crate::rules::{RULES, pages};

/// Everything there is to say about an entry, in the order of the text.
///
/// The rules are asked only about a guide without errors: of one that could not be read whole they would say
/// what follows from the error, and hide it.
pub fn check(entry: &Entry, today: Option<&str>) -> Vec<Finding> {
    let mut findings = entry.reading.findings.clone();
    if let Some(guide) = entry.reading.usable() {
        let subject = Subject { guide, entry, today };
        let mut found = Vec::new();
        for rule in RULES {
            (rule.check)(&subject, &mut found);
        }
        findings.extend(rules::without_allowed(guide, found));
    }
    findings.sort_by_key(|finding| (finding.span, finding.code.code));
    findings
}
