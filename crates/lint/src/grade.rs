//! Grades, which rate a guide's quality by a table of criteria.
//!
//! A guide without errors can be used; [`CRITERIA`] lists what a good guide needs beyond that. The grades page, the
//! line that `waystone check` prints and the grade itself all come from this table. **Invariant:** a guide's grade is
//! the highest grade for which the guide meets all criteria, including those of all lower grades.

mod bronze;
mod criterion;
mod gold;
mod platinum;
mod silver;

use std::fmt;

use guide::{Finding, Severity};

pub use self::criterion::{Criterion, Grade, Graded};
use crate::rule::Subject;

/// A guide's grade, and the criteria that it does not yet meet for the next grade.
#[derive(Debug)]
pub struct Report {
    /// The highest grade the guide has reached.
    pub grade: Grade,
    /// The next grade. `None` for the highest grade.
    pub next: Option<Grade>,
    /// The criteria for the next grade that the guide does not yet meet.
    pub missing: Vec<Missing>,
    /// Whether the scenarios were run, and passed. If not, the grade assumes that they pass.
    pub is_tested: bool,
}

/// A criterion that a guide does not meet.
#[derive(Debug)]
pub struct Missing {
    /// The criterion.
    pub criterion: &'static Criterion,
    /// Where the guide falls short, in a few words: "except `api-key`".
    pub shortfall: String,
}

/// The criteria for each grade, from the lowest grade up.
pub const CRITERIA: &[(Grade, &[Criterion])] = &[
    (Grade::Bronze, bronze::CRITERIA),
    (Grade::Silver, silver::CRITERIA),
    (Grade::Gold, gold::CRITERIA),
    (Grade::Platinum, platinum::CRITERIA),
];

/// The grade of an entry with these findings, without running its scenarios. `None` if there is an error, such as a
/// scenario that fails.
pub fn grade(entry: &catalog::Entry, findings: &[Finding], today: Option<&str>) -> Option<Report> {
    let guide = entry.reading.usable()?;
    if findings.iter().any(|finding| finding.severity() == Severity::Error) {
        return None;
    }
    let graded = Graded { subject: Subject { guide, entry, today }, findings };
    let mut reached = Grade::None;
    let missing = |criterion: &'static Criterion| {
        Some(Missing { criterion, shortfall: (criterion.shortfall)(&graded)? })
    };
    for (grade, criteria) in CRITERIA {
        let missing: Vec<Missing> = criteria.iter().filter_map(missing).collect();
        if !missing.is_empty() {
            return Some(Report { grade: reached, next: Some(*grade), missing, is_tested: false });
        }
        reached = *grade;
    }
    Some(Report { grade: reached, next: None, missing: Vec::new(), is_tested: false })
}

/// The grade on one line: `gold if the scenarios pass. For platinum: every fact is documented or observed (3 are assumed)`.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.grade {
            Grade::None => f.write_str("no grade yet")?,
            grade if self.is_tested => write!(f, "{grade}")?,
            grade => write!(f, "{grade} if the scenarios pass")?,
        }
        let Some(next) = self.next else { return Ok(()) };
        let missing =
            self.missing.iter().map(|it| format!("{} ({})", it.criterion.requirement, it.shortfall));
        write!(f, ". For {next}: {}", missing.collect::<Vec<_>>().join("; "))
    }
}
