//! A fact that was last checked too long ago.

use guide::{CodePage, Finding, Severity};

use crate::calendar::day;
use crate::place;
use crate::rule::{Rule, Subject};

pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0330",
    name: "stale-evidence",
    severity: Severity::Warning,
    summary: "A fact was last checked more than a year ago, or in the future",
    why: "providers change their screens and APIs, so a fact that is a year old may mislead people",
    help: "check the fact again, correct what has changed, and set `checked_on` to today's date",
    bad: "checked_on: '2019-05-01'",
    good: "checked_on: '2026-11-24'",
};

/// How long a checked fact counts as current, in days.
const FRESH: i64 = 365;

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let Some(today) = subject.today.and_then(day) else { return };
    for fact in &subject.guide.evidence {
        let Some(checked) = day(&fact.checked_on) else { continue };
        let age = today - checked;
        let message = match age {
            ..0 => format!("this was checked on {}, which is in the future", fact.checked_on),
            0..=FRESH => continue,
            _ => format!("this was last checked {age} days ago"),
        };
        let mut found =
            Finding::new(&PAGE, place::after(&subject.guide.source, fact.span, &fact.checked_on), message);
        if age < 0 {
            found = found.help("write the date on which someone checked the fact");
        }
        findings.push(found);
    }
}
