//! What was found in one file, counted and in the form of one format.

use std::ops::{AddAssign, SubAssign};

use guide::{CodePage, Finding, Severity};
use serde_json::Value;

/// How many of each there are.
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

/// What there is to say about one file, in one of the formats; the file itself is not needed any more.
pub(crate) struct Piece {
    pub(crate) count: Count,
    /// The guide's key and grade.
    pub(crate) grade: Option<(String, lint::Report)>,
    /// Text, for the formats that are a line after the other.
    pub(crate) text: String,
    /// Data, for the formats that are one document.
    pub(super) values: Vec<Value>,
    pub(super) graded: Option<Value>,
    pub(super) rules: Vec<&'static CodePage>,
}
