//! A fact that was last checked too long ago.

use guide::{CodePage, Finding, Severity};

use crate::calendar::{FRESH, day};
use crate::place;
use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0330",
    name: "stale-evidence",
    severity: Severity::Warning,
    summary: "A fact was last checked more than a year ago, or in the future",
    why: "providers change their screens and APIs, so a fact that is a year old may mislead people",
    help: "check the fact again, correct what has changed, and set `checked_on` to today's date",
    bad: "checked_on: '2019-05-01'",
    good: "checked_on: '2026-11-24'",
};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let Some(today) = subject.today.and_then(day) else { return };
    for fact in &subject.guide.evidence {
        let Some(checked) = day(&fact.checked_on) else { continue };
        let span = place::after(&subject.guide.source, fact.span, &fact.checked_on);
        findings.push(match today - checked {
            ..0 => {
                let message = format!("this was checked on {}, which is in the future", fact.checked_on);
                Finding::new(&PAGE, span, message).help("write the date on which someone checked the fact")
            }
            0..=FRESH => continue,
            age => Finding::new(&PAGE, span, format!("this was last checked {age} days ago")),
        });
    }
}
