//! Findings, as text for people and as data for programs.

mod github;
mod json;
mod sarif;
mod text;

use catalog::Entry;
use clap::ValueEnum;
use guide::{Finding, Severity};

pub(crate) use self::text::text;

/// What findings are written as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people: excerpts with carets.
    #[default]
    Text,
    /// One JSON document.
    Json,
    /// Annotations of GitHub Actions.
    Github,
    /// SARIF 2.1.0.
    Sarif,
}

/// The findings of one file.
pub(crate) struct Checked<'a> {
    pub(crate) entry: &'a Entry,
    pub(crate) findings: Vec<Finding>,
    /// How much the guide does, if it can be used.
    pub(crate) grade: Option<lint::Report>,
}

/// How many of each there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) errors: usize,
    pub(crate) warnings: usize,
}

impl Count {
    pub(crate) fn of(checked: &[Checked<'_>]) -> Self {
        let mut count = Self::default();
        for finding in checked.iter().flat_map(|one| &one.findings) {
            match finding.severity() {
                Severity::Error => count.errors += 1,
                Severity::Warning => count.warnings += 1,
            }
        }
        count
    }
}

/// All of it in one of the formats, but for the summary that the text format has.
pub(crate) fn write(checked: &[Checked<'_>], format: Format, color: bool) -> String {
    match format {
        Format::Text => checked
            .iter()
            .flat_map(|one| {
                one.findings.iter().map(|finding| text(&one.entry.reading.source, finding, color))
            })
            .collect(),
        Format::Json => json::write(checked),
        Format::Github => github::write(checked),
        Format::Sarif => sarif::write(checked),
    }
}
