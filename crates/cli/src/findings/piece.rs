//! The findings in one file, counted and formatted.

use std::iter::Sum;

use guide::{CodePage, Finding, Severity};
use serde_json::Value;

/// The number of errors and warnings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) errors: usize,
    pub(crate) warnings: usize,
}

impl Count {
    pub(super) fn of(findings: &[Finding]) -> Self {
        let errors = findings.iter().filter(|finding| finding.severity() == Severity::Error).count();
        Self { errors, warnings: findings.len() - errors }
    }
}

impl Sum for Count {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::default(), |sum, count| Self {
            errors: sum.errors + count.errors,
            warnings: sum.warnings + count.warnings,
        })
    }
}

/// The formatted findings in one file. It borrows nothing from the file, so the file can be dropped.
pub(crate) struct Piece {
    pub(crate) count: Count,
    /// The guide's key and grade.
    pub(crate) grade: Option<(String, lint::Report)>,
    /// The text, for formats that are written one file at a time.
    pub(crate) text: String,
    /// The findings as data, for formats that consist of a single document.
    pub(super) values: Vec<Value>,
    pub(super) graded: Option<Value>,
    pub(super) rules: Vec<&'static CodePage>,
}
