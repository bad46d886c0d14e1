//! What a rule is, and what it looks at.

use catalog::Entry;
use guide::{CodePage, Finding, Guide};

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
