//! What there is to say about a guide's text.
//!
//! A finding is for the author: a value, collected with all the others, never an error that stops the reading.

use crate::page::{CodePage, Severity};
use crate::source::Span;

/// So many findings are given of one file. More is not read by anybody, and takes time to make.
pub(crate) const MOST_FINDINGS: usize = 100;

/// One thing about one place.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The page of this kind of finding: code, severity, why it matters.
    pub code: &'static CodePage,
    /// What is wrong, in one line without a full stop.
    pub message: String,
    /// Where.
    pub span: Span,
    /// What the caret line says; may be empty.
    pub label: String,
    /// Other places that belong to it.
    pub also: Vec<(Span, String)>,
    /// What to do here; without it the page's general advice is shown.
    pub mend: Option<String>,
    /// The edit that mends it, where that is mechanical.
    pub fix: Option<Edit>,
}

/// A replacement of bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// By what.
    pub text: String,
}

impl Finding {
    /// A finding with a message; the rest is added by the methods below.
    pub fn new(code: &'static CodePage, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            span,
            label: String::new(),
            also: Vec::new(),
            mend: None,
            fix: None,
        }
    }

    /// Says something on the caret line.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Shows another place too.
    #[must_use]
    pub fn also(mut self, span: Span, label: impl Into<String>) -> Self {
        self.also.push((span, label.into()));
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn mend(mut self, mend: impl Into<String>) -> Self {
        self.mend = Some(mend.into());
        self
    }

    /// Offers an edit.
    #[must_use]
    pub fn fix(mut self, span: Span, text: impl Into<String>) -> Self {
        self.fix = Some(Edit { span, text: text.into() });
        self
    }

    /// How much it weighs.
    pub const fn severity(&self) -> Severity {
        self.code.severity
    }
}

/// The known name nearest to a wrong one, if one is near enough to be meant.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wrong = wrong.to_lowercase();
    let length = wrong.chars().count();
    let reach = |name: &str| (name.chars().count().max(3) / 3).max(1);
    known
        .into_iter()
        // Measuring takes time in proportion to both lengths, and names in a hostile file can be very long.
        .filter(|name| length.abs_diff(name.chars().count()) <= reach(name))
        .map(|name| (strsim::osa_distance(&wrong, &name.to_lowercase()), name))
        .filter(|(distance, name)| *distance <= reach(name))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// A piece of the file as a message shows it: on one line, and cut where it is long.
pub(crate) fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    let line: String = text.chars().take(LONGEST).map(|ch| if ch.is_control() { ' ' } else { ch }).collect();
    let more = if text.chars().nth(LONGEST).is_some() { "…" } else { "" };
    format!("`{line}{more}`")
}

/// A list of names as prose: `a`, `b` and `c`.
pub fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [front @ .., last] => format!("{} and {last}", front.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_must_be_near() {
        assert_eq!(nearest("api_tokn", ["api_token", "agent_email"]), Some("api_token"));
        assert_eq!(nearest("zebra", ["api_token", "agent_email"]), None);
        assert_eq!(nearest("Title", ["title"]), Some("title"));
    }
}
