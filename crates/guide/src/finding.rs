//! Findings: messages to authors about their guides.
//!
//! Findings are collected as values, so a finding never prevents the rest of the file from being read.

use crate::page::{CodePage, Severity};
use crate::source::Span;
use crate::spelling::is_slip;

/// The maximum number of findings reported for a file. Authors are unlikely to read more findings than this, and
/// creating more would take time.
pub(crate) const MOST_FINDINGS: usize = 100;

/// A mistake or a possible improvement at a specific location in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The page for this kind of finding, with its code, severity and reason.
    pub code: &'static CodePage,
    /// What is wrong, as a single line without a period.
    pub message: String,
    /// The location that the caret marks.
    pub span: Span,
    /// The text next to the caret. May be empty.
    pub label: String,
    /// Related locations in the file, each with a label.
    pub also: Vec<(Span, String)>,
    /// Advice on how to fix this particular mistake. `None` if the page's general advice applies.
    pub help: Option<String>,
    /// The edit that fixes the mistake. `None` if there is no single obvious edit.
    pub fix: Option<Edit>,
}

/// An edit that replaces a range of bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The bytes to replace.
    pub span: Span,
    /// The replacement text.
    pub text: String,
    /// Whether the edit can be applied without review.
    pub applicability: Applicability,
}

/// Whether an edit can be applied without review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, strum::Display, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum Applicability {
    /// The mistake can have no other meaning, so the edit can be applied without review.
    Safe,
    /// The edit is a guess about the author's intention, or changes what the guide does. A person must review it.
    Unsafe,
}

impl Finding {
    /// Creates a finding that has a message but no label, related locations, advice or edit. The methods below set the
    /// other fields.
    pub fn new(code: &'static CodePage, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            span,
            label: String::new(),
            also: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// Sets the text next to the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds a related location.
    #[must_use]
    pub fn also(mut self, span: Span, label: impl Into<String>) -> Self {
        self.also.push((span, label.into()));
        self
    }

    /// Sets the advice on how to fix the mistake.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Sets the edit that fixes the mistake. Only for edits that cannot be wrong; other edits are
    /// [unsafe](Finding::unsafe_fix).
    #[must_use]
    pub fn fix(self, span: Span, text: impl Into<String>) -> Self {
        self.edit(span, text.into(), Applicability::Safe)
    }

    /// Sets an edit that is a guess, which a person must review before it is applied.
    #[must_use]
    pub fn unsafe_fix(self, span: Span, text: impl Into<String>) -> Self {
        self.edit(span, text.into(), Applicability::Unsafe)
    }

    /// Suggests the name `right` instead of `wrong`, which is at `at`, with an edit. `known` lists all names that are
    /// allowed here. The edit is safe only if `wrong` is a typo that cannot stand for another of these names.
    #[must_use]
    pub fn did_you_mean<'a>(
        self,
        at: Span,
        wrong: &str,
        right: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let is_safe = is_slip(wrong, right, known);
        let applicability = if is_safe { Applicability::Safe } else { Applicability::Unsafe };
        self.help(format!("did you mean `{right}`?")).edit(at, right.to_owned(), applicability)
    }

    fn edit(mut self, span: Span, text: String, applicability: Applicability) -> Self {
        self.fix = Some(Edit { span, text, applicability });
        self
    }

    /// Returns the severity of this kind of finding.
    pub const fn severity(&self) -> Severity {
        self.code.severity
    }
}

/// Formats an excerpt from a file for a message: in backticks, on a single line, and shortened if it is long.
pub(crate) fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    let line: String = text.chars().take(LONGEST).map(|ch| if ch.is_control() { ' ' } else { ch }).collect();
    let more = if text.chars().nth(LONGEST).is_some() { "…" } else { "" };
    format!("`{line}{more}`")
}

/// Formats a list of names as prose, such as "`a`, `b` and `c`".
pub fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [front @ .., last] => format!("{} and {last}", front.join(", ")),
    }
}

/// Formats advice to choose one of these names, or to write the name if there is only one.
pub(crate) fn choose<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    match names.as_slice() {
        [only] => format!("write `{only}`"),
        names => format!("choose one of {}", listed(names.iter().copied())),
    }
}
