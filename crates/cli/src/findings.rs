//! Findings, as text for people and as data for programs.

mod github;
mod json;
mod sarif;
mod text;

use std::ops::{AddAssign, SubAssign};

use catalog::Entry;
use clap::ValueEnum;
use guide::{CodePage, Finding, Severity};
use serde_json::Value;

pub(crate) use self::json::finding as data;
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
    fn of(findings: &[Finding]) -> Self {
        let mut count = Self::default();
        for finding in findings {
            match finding.severity() {
                Severity::Error => count.errors += 1,
                Severity::Warning => count.warnings += 1,
            }
        }
        count
    }
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.errors += other.errors;
        self.warnings += other.warnings;
    }
}

impl SubAssign for Count {
    fn sub_assign(&mut self, other: Self) {
        self.errors -= other.errors;
        self.warnings -= other.warnings;
    }
}

/// What there is to say about one file, in one of the formats; the file itself is not needed any more.
pub(crate) struct Piece {
    pub(crate) count: Count,
    /// The guide's key and grade.
    pub(crate) grade: Option<(String, lint::Report)>,
    /// Text, for the formats that are a line after the other.
    pub(crate) text: String,
    /// Data, for the formats that are one document.
    values: Vec<Value>,
    graded: Option<Value>,
    rules: Vec<&'static CodePage>,
}

/// What there is to say about one file.
pub(crate) fn piece(checked: Checked<'_>, format: Format, color: bool) -> Piece {
    let source = &checked.entry.reading.source;
    let each = checked.findings.iter();
    let key = checked.entry.guide().map(|guide| guide.provider.key.to_string()).unwrap_or_default();
    let mut piece = Piece {
        count: Count::of(&checked.findings),
        grade: None,
        text: String::new(),
        values: Vec::new(),
        graded: None,
        rules: each.clone().map(|finding| finding.code).collect(),
    };
    match format {
        Format::Text => piece.text = each.map(|finding| text(source, finding, color)).collect(),
        Format::Github => piece.text = each.map(|finding| github::line(source, finding)).collect(),
        Format::Json => {
            piece.values = each.map(|finding| json::finding(source, finding)).collect();
            piece.graded = checked.grade.as_ref().map(|report| json::grade(&source.name, &key, report));
        }
        Format::Sarif => piece.values = each.map(|finding| sarif::result(source, finding)).collect(),
    }
    piece.grade = checked.grade.map(|report| (key, report));
    piece
}

/// The document of a format that is one, over so many files.
pub(crate) fn whole(format: Format, files: usize, pieces: &[Piece]) -> String {
    match format {
        Format::Json => json::document(files, pieces),
        Format::Sarif => sarif::document(pieces),
        Format::Text | Format::Github => pieces.iter().map(|piece| piece.text.as_str()).collect(),
    }
}
