//! The page for a kind of finding: its code, its severity, and its documentation.

/// How serious a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, strum::Display, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum Severity {
    /// The guide cannot be used.
    Error,
    /// The guide works but should be improved. It can allow the warning if it states a reason.
    Warning,
}

impl Severity {
    /// Returns the word shown in messages: `error` or `warning`.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// The page for a kind of finding.
#[derive(Debug, PartialEq, Eq)]
pub struct CodePage {
    /// `W` followed by four digits.
    pub code: &'static str,
    /// A short name with hyphens between words.
    pub name: &'static str,
    /// The severity of every finding of this kind.
    pub severity: Severity,
    /// What is wrong, in one sentence without a period.
    pub summary: &'static str,
    /// Why the finding matters, in one sentence without a period. This reason is shown under every finding.
    pub why: &'static str,
    /// General advice, shown for findings that have no specific advice.
    pub help: &'static str,
    /// An excerpt from a guide that contains the mistake. Empty if no excerpt can show the mistake.
    pub bad: &'static str,
    /// The same excerpt, corrected.
    pub good: &'static str,
}
