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
mod rules;
mod talk;
mod texts;
mod wording;

use catalog::Entry;
use guide::{CodePage, Finding, Guide};

pub use crate::changes::{Change, Impact, compare};
pub use crate::grade::{CRITERIA, Criterion, Grade, Graded, Missing, Report, grade};
pub use crate::rules::RULES;

/// A rule: its page, and what finds it.
#[derive(Debug)]
pub struct Rule {
    /// The page.
    pub page: &'static CodePage,
    /// What finds it.
    pub check: fn(&Subject<'_>, &mut Vec<Finding>),
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The guide.
    pub guide: &'a Guide,
    /// The entry it came from: folder and assets.
    pub entry: &'a Entry,
    /// The day on which it is checked, as `YYYY-MM-DD`, if that is known.
    pub today: Option<&'a str>,
}

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

/// The pages of all findings, by code: of reading, and of the rules.
pub fn pages() -> impl Iterator<Item = &'static CodePage> {
    guide::pages().chain(RULES.iter().map(|rule| rule.page))
}
