//! The findings of one file, counted and formatted.

use std::ops::{AddAssign, SubAssign};

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

/// The formatted findings of one file. The file itself can be dropped.
pub(crate) struct Piece {
    pub(crate) count: Count,
    /// The guide's key and grade.
    pub(crate) grade: Option<(String, lint::Report)>,
    /// The text, for formats that are written file by file.
    pub(crate) text: String,
    /// The findings as data, for formats that are a single document.
    pub(super) values: Vec<Value>,
    pub(super) graded: Option<Value>,
    pub(super) rules: Vec<&'static CodePage>,
}
