//! Formats findings as text for people and as data for programs.

mod github;
mod json;
mod piece;
mod sarif;
mod text;

use catalog::Entry;
use clap::ValueEnum;
use guide::{Finding, Source};

pub(crate) use self::json::finding as data;
pub(crate) use self::piece::{Count, Piece};
pub(crate) use self::text::text;
use crate::out::Out;

/// An output format for findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Text for people, with excerpts and carets.
    #[default]
    Text,
    /// One JSON document.
    Json,
    /// GitHub Actions annotations.
    Github,
    /// SARIF 2.1.0.
    Sarif,
}

/// The findings in one file.
pub(crate) struct Checked<'a> {
    pub(crate) entry: &'a Entry,
    pub(crate) findings: Vec<Finding>,
    /// The guide's grade. `None` if the guide cannot be used.
    pub(crate) grade: Option<lint::Report>,
}

/// Formats the findings in one file.
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

/// Writes findings to standard error, for a command that cannot continue because of them.
pub(crate) fn report(source: &Source, findings: &[Finding], out: &Out) {
    for finding in findings {
        out.message(text(source, finding, out.color_err).trim_end());
        out.message("");
    }
}

/// Returns the output for all files. `files` is the number of files that were checked.
pub(crate) fn document(format: Format, files: usize, pieces: &[Piece]) -> String {
    match format {
        Format::Json => json::document(files, pieces),
        Format::Sarif => sarif::document(pieces),
        Format::Text | Format::Github => pieces.iter().map(|piece| piece.text.as_str()).collect(),
    }
}
