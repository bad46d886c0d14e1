//! The page of a kind of finding: its code, its severity, and what the documentation says about it.

/// How serious a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, strum::Display, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum Severity {
    /// The guide cannot be used.
    Error,
    /// The guide works but should be improved. The file can allow the warning, with a reason.
    Warning,
}

impl Severity {
    /// The word that is shown: `error` or `warning`.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// The page of a kind of finding.
#[derive(Debug, PartialEq, Eq)]
pub struct CodePage {
    /// `W` and four digits.
    pub code: &'static str,
    /// A few words joined by hyphens.
    pub name: &'static str,
    /// The severity of every finding of this kind.
    pub severity: Severity,
    /// What is wrong, in one sentence without a full stop.
    pub summary: &'static str,
    /// Why it matters, in one sentence without a full stop. It is shown under every finding.
    pub why: &'static str,
    /// What to do in general, for findings without advice of their own.
    pub help: &'static str,
    /// A piece of a guide with this mistake. Empty if no excerpt can show it.
    pub bad: &'static str,
    /// The same piece, corrected.
    pub good: &'static str,
}
