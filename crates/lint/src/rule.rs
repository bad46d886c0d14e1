//! The type of a rule, and of the subject it examines.

use catalog::Entry;
use guide::{CodePage, Finding, Guide};

/// A rule, which reports one kind of finding.
#[derive(Debug)]
pub struct Rule {
    /// The page that documents the finding.
    pub page: &'static CodePage,
    /// Examines a subject and adds its findings to the list.
    pub check: fn(&Subject<'_>, &mut Vec<Finding>),
}

/// The guide that rules and grades examine, with its context.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The parsed guide.
    pub guide: &'a Guide,
    /// The catalog entry of the guide, with its folder and assets.
    pub entry: &'a Entry,
    /// The current date as `YYYY-MM-DD`. `None` turns off the rules that compare dates.
    pub today: Option<&'a str>,
}
