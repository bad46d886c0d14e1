//! What a grade asks for, and helpers for the lists of criteria.

use std::fmt;

use guide::{Finding, Method, listed};

use crate::rule::Subject;

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

/// The methods of a guide.
pub(super) fn methods<'a>(graded: &Graded<'a>) -> &'a [Method] {
    &graded.subject.guide.methods
}

/// The methods of which something does not hold.
pub(super) fn methods_without(graded: &Graded<'_>, holds: impl Fn(&Method) -> bool) -> Option<String> {
    not(methods(graded).iter().filter(|method| !holds(method)).map(|method| method.key.as_str()))
}

/// The methods with a secret of which something does not hold.
pub(super) fn secret_without(graded: &Graded<'_>, holds: impl Fn(&Method) -> bool) -> Option<String> {
    let has_secret = |method: &Method| method.fields.iter().any(|field| field.secret);
    methods_without(graded, |method| !has_secret(method) || holds(method))
}

/// A list of what lacks something, as long as one reads it; nothing, if it is empty.
pub(super) fn not<'n>(names: impl IntoIterator<Item = &'n str>) -> Option<String> {
    const MOST: usize = 3;
    let names: Vec<&str> = names.into_iter().collect();
    match names.len() {
        0 => None,
        n if n <= MOST => Some(format!("not {}", listed(names))),
        n => Some(format!("not {}, and {} more", listed(names[..MOST].iter().copied()), n - MOST)),
    }
}
