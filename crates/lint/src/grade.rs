//! How much a guide does for those who follow it: grades, worked out from a table of what is asked.
//!
//! A guide without errors works. What else it has to have is said once, in [`CRITERIA`]: the page on grades, the
//! line that `waystone check` prints and the grade itself are made of it. **Invariant:** a grade is the highest one
//! for which everything holds that it and those below it ask.

mod bronze;
mod criterion;
mod gold;
mod platinum;
mod silver;

use std::fmt;

use guide::{Finding, Severity};

pub use self::criterion::{Criterion, Grade, Graded};
use crate::rule::Subject;

/// A guide's grade, and the way to the next.
#[derive(Debug)]
pub struct Report {
    /// The grade.
    pub grade: Grade,
    /// The next one; none above the highest.
    pub next: Option<Grade>,
    /// What the next one asks and the guide does not have.
    pub missing: Vec<Missing>,
}

/// Something asked that a guide does not have.
#[derive(Debug)]
pub struct Missing {
    /// What is asked.
    pub criterion: &'static Criterion,
    /// What lacks it.
    pub lacks: String,
}

/// Everything that grades ask, from the lowest up.
pub const CRITERIA: &[&[Criterion]] =
    &[bronze::CRITERIA, silver::CRITERIA, gold::CRITERIA, platinum::CRITERIA];

/// The grade of an entry in which these findings were found; none for one that cannot be used.
pub fn grade(entry: &catalog::Entry, findings: &[Finding], today: Option<&str>) -> Option<Report> {
    let guide = entry.reading.usable()?;
    if findings.iter().any(|finding| finding.severity() == Severity::Error) {
        return None;
    }
    let graded = Graded { subject: Subject { guide, entry, today }, findings };
    let mut reached = Grade::None;
    for list in CRITERIA {
        let missing: Vec<Missing> = list
            .iter()
            .filter_map(|criterion| Some(Missing { criterion, lacks: (criterion.lacks)(&graded)? }))
            .collect();
        let asked_by = list.first().map_or(Grade::None, |criterion| criterion.grade);
        if !missing.is_empty() {
            return Some(Report { grade: reached, next: Some(asked_by), missing });
        }
        reached = asked_by;
    }
    Some(Report { grade: reached, next: None, missing: Vec::new() })
}

/// The grade in a line: `gold; for platinum: no fact is assumed (3 are)`.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.grade {
            Grade::None => f.write_str("no grade yet")?,
            grade => write!(f, "{grade}")?,
        }
        let Some(next) = self.next else { return Ok(()) };
        write!(f, "; for {next}:")?;
        for (n, missing) in self.missing.iter().enumerate() {
            let comma = if n == 0 { "" } else { ";" };
            write!(f, "{comma} {} ({})", missing.criterion.asks, missing.lacks)?;
        }
        Ok(())
    }
}
