//! How much a guide does for those who follow it: grades, worked out from a table of what is asked.
//!
//! A guide without errors works. What else it has to have is said once, in [`CRITERIA`]: the page on grades, the
//! line that `waystone check` prints and the grade itself are made of it. **Invariant:** a grade is the highest one
//! for which everything holds that it and those below it ask.

mod bronze;
mod gold;
mod platinum;
mod silver;

use std::fmt;

use guide::{Finding, Method, Severity, listed};

use crate::Subject;

/// How much a guide does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// It can be used.
    None,
    /// It was seen to work, and to fail.
    Bronze,
    /// Everything in it was tried, and the credential can be replaced and taken back.
    Silver,
    /// Whatever goes wrong, people are told what to do.
    Gold,
    /// Nothing in it is guessed, and nothing is left to guess.
    Platinum,
}

impl Grade {
    /// All of them, upwards.
    pub const ALL: [Self; 5] = [Self::None, Self::Bronze, Self::Silver, Self::Gold, Self::Platinum];

    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Bronze => "bronze",
            Self::Silver => "silver",
            Self::Gold => "gold",
            Self::Platinum => "platinum",
        }
    }

    /// What a guide of this grade is, in a sentence without a full stop.
    pub const fn says(self) -> &'static str {
        match self {
            Self::None => "it can be used",
            Self::Bronze => "it was seen to work, and to fail",
            Self::Silver => "everything in it was tried, and the credential can be replaced and taken back",
            Self::Gold => "whatever goes wrong, people are told what to do",
            Self::Platinum => "nothing in it is guessed, and nothing is left to guess",
        }
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One thing that a grade asks of a guide.
#[derive(Debug)]
pub struct Criterion {
    /// Its name.
    pub key: &'static str,
    /// The grade that asks it first.
    pub grade: Grade,
    /// What is asked, as the end of "it has this grade if …".
    pub asks: &'static str,
    /// What lacks it, in a few words; nothing, where it holds.
    pub lacks: fn(&Graded<'_>) -> Option<String>,
}

/// What a criterion looks at.
#[derive(Clone, Copy, Debug)]
pub struct Graded<'a> {
    /// The guide, its entry and the day.
    pub subject: Subject<'a>,
    /// What was found in it, less what it allows.
    pub findings: &'a [Finding],
}

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

/// The methods of a guide.
fn methods<'a>(graded: &Graded<'a>) -> &'a [Method] {
    &graded.subject.guide.methods
}

/// The methods of which something does not hold.
fn methods_without(graded: &Graded<'_>, holds: impl Fn(&Method) -> bool) -> Option<String> {
    not(methods(graded).iter().filter(|method| !holds(method)).map(|method| method.key.as_str()))
}

/// The methods with a secret of which something does not hold.
fn secret_without(graded: &Graded<'_>, holds: impl Fn(&Method) -> bool) -> Option<String> {
    let has_secret = |method: &Method| method.fields.iter().any(|field| field.secret);
    methods_without(graded, |method| !has_secret(method) || holds(method))
}

/// A list of what lacks something, as long as one reads it; nothing, if it is empty.
fn not<'n>(names: impl IntoIterator<Item = &'n str>) -> Option<String> {
    const MOST: usize = 3;
    let names: Vec<&str> = names.into_iter().collect();
    match names.len() {
        0 => None,
        n if n <= MOST => Some(format!("not {}", listed(names))),
        n => Some(format!("not {}, and {} more", listed(names[..MOST].iter().copied()), n - MOST)),
    }
}
