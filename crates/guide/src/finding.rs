//! Findings: messages to authors about their guides.
//!
//! Findings are collected as values, so a finding never prevents the rest of the file from being read.

use crate::page::{CodePage, Severity};
use crate::source::Span;

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
    /// The edit that fixes the mistake. `None` if no edit is certain to be correct.
    pub fix: Option<Edit>,
}

/// An edit that replaces a range of bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The bytes to replace.
    pub span: Span,
    /// The replacement text.
    pub text: String,
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

    /// Sets the edit that fixes the mistake.
    #[must_use]
    pub fn fix(mut self, span: Span, text: impl Into<String>) -> Self {
        self.fix = Some(Edit { span, text: text.into() });
        self
    }

    /// Returns the severity of this kind of finding.
    pub const fn severity(&self) -> Severity {
        self.code.severity
    }
}

/// Returns the known name that is closest to `wrong`, or `None` if no known name is similar enough to be the intended
/// name.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wrong = wrong.to_lowercase();
    let length = wrong.chars().count();
    let reach = |name: &str| (name.chars().count().max(3) / 3).max(1);
    known
        .into_iter()
        // Skips names whose lengths differ too much: computing an edit distance takes time proportional to the product
        // of both lengths, and a malicious file can contain very long names.
        .filter(|name| length.abs_diff(name.chars().count()) <= reach(name))
        .map(|name| (strsim::osa_distance(&wrong, &name.to_lowercase()), name))
        .filter(|(distance, name)| *distance <= reach(name))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_must_be_close() {
        assert_eq!(nearest("api_tokn", ["api_token", "agent_email"]), Some("api_token"));
        assert_eq!(nearest("zebra", ["api_token", "agent_email"]), None);
        assert_eq!(nearest("Title", ["title"]), Some("title"));
    }
}
