//! Rules, and the subjects that they examine.

use catalog::Entry;
use guide::{CodePage, Field, Finding, Guide, Method, OutcomeRule, Prose};

use crate::texts;

/// A rule. Each rule reports one kind of finding.
#[derive(Debug)]
pub struct Rule {
    /// The page that documents the finding.
    pub page: &'static CodePage,
    /// The function that adds the rule's findings to a list.
    pub(crate) check: Check,
}

/// A rule's function. The variant determines which part of a guide the function examines.
#[derive(Debug)]
pub(crate) enum Check {
    /// Runs once.
    Guide(fn(&Subject<'_>, &mut Vec<Finding>)),
    /// Runs for each method.
    Method(fn(&Subject<'_>, &Method, &mut Vec<Finding>)),
    /// Runs for each field of each method.
    Field(fn(&Subject<'_>, &Method, &Field, &mut Vec<Finding>)),
    /// Runs for each outcome rule of each method and its checks.
    Outcome(fn(&Subject<'_>, &Method, &OutcomeRule, &mut Vec<Finding>)),
    /// Runs for each piece of prose.
    Prose(fn(&Subject<'_>, &Method, &Prose, &mut Vec<Finding>)),
}

/// The guide that rules and grades examine, with its context.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The parsed guide.
    pub guide: &'a Guide,
    /// The guide's catalog entry, with its folder and assets.
    pub entry: &'a Entry,
    /// The current date as `YYYY-MM-DD`. `None` turns off the rules that compare dates.
    pub today: Option<&'a str>,
}

impl Check {
    /// Examines a subject and adds the findings to the list.
    pub(crate) fn run(&self, subject: &Subject<'_>, findings: &mut Vec<Finding>) {
        if let Self::Guide(check) = self {
            check(subject, findings);
        }
        for method in &subject.guide.methods {
            match self {
                Self::Guide(_) => {}
                Self::Method(check) => check(subject, method, findings),
                Self::Field(check) => {
                    method.fields.iter().for_each(|field| check(subject, method, field, findings));
                }
                Self::Outcome(check) => {
                    method.all_outcomes().for_each(|rule| check(subject, method, rule, findings));
                }
                Self::Prose(check) => {
                    texts::of_method(method).for_each(|prose| check(subject, method, prose, findings));
                }
            }
        }
    }
}
