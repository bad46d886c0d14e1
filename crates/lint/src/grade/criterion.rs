//! Grades and criteria, and helpers for the lists of criteria.

use guide::{Finding, Method, listed};

use crate::rule::Subject;

/// The quality of a guide. JSON and the command line use the lowercase name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, strum::Display)]
#[strum(serialize_all = "lowercase")]
pub enum Grade {
    /// The guide can be used.
    None,
    /// Scenarios show that the guide works and how it fails.
    Bronze,
    /// Everything in the guide is tested, and it explains how to replace and revoke the credential.
    Silver,
    /// The guide tells people what to do about every failure.
    Gold,
    /// The guide assumes nothing and leaves nothing unexplained.
    Platinum,
}

impl Grade {
    /// All grades, from the lowest up.
    pub const ALL: [Self; 5] = [Self::None, Self::Bronze, Self::Silver, Self::Gold, Self::Platinum];

    /// What a guide with this grade achieves, as a sentence without a final period.
    pub const fn summary(self) -> &'static str {
        match self {
            Self::None => "the guide can be used",
            Self::Bronze => "scenarios show that the guide works and how it fails",
            Self::Silver => {
                "everything in the guide is tested, and it explains how to replace and revoke the credential"
            }
            Self::Gold => "the guide tells people what to do about every failure",
            Self::Platinum => "the guide assumes nothing and leaves nothing unexplained",
        }
    }
}

/// A requirement of a grade.
#[derive(Debug)]
pub struct Criterion {
    /// The stable name in JSON and on the grades page.
    pub key: &'static str,
    /// The requirement, as a phrase for a list, without a final period.
    pub requirement: &'static str,
    /// Where a guide falls short, in a few words. `None` if the guide meets the criterion.
    pub shortfall: fn(&Graded<'_>) -> Option<String>,
}

/// The guide that a criterion examines.
#[derive(Clone, Copy, Debug)]
pub struct Graded<'a> {
    /// The guide with its entry and the current date.
    pub subject: Subject<'a>,
    /// The findings for the guide, without those that the guide allows.
    pub findings: &'a [Finding],
}

pub(super) fn methods<'a>(graded: &Graded<'a>) -> &'a [Method] {
    &graded.subject.guide.methods
}

/// Reports the methods for which `holds` is false.
pub(super) fn methods_without(graded: &Graded<'_>, holds: impl Fn(&Method) -> bool) -> Option<String> {
    except(methods(graded).iter().filter(|method| !holds(method)).map(|method| method.key.as_str()))
}

/// Reports the methods with a secret for which `holds` is false.
pub(super) fn secret_without(graded: &Graded<'_>, holds: impl Fn(&Method) -> bool) -> Option<String> {
    let has_secret = |method: &Method| method.fields.iter().any(|field| field.secret);
    methods_without(graded, |method| !has_secret(method) || holds(method))
}

/// Reports how many items do not meet a criterion: the number, followed by `one` or `several`. `None` if there are no
/// such items.
pub(super) fn count(n: usize, one: &str, several: &str) -> Option<String> {
    match n {
        0 => None,
        1 => Some(format!("1 {one}")),
        n => Some(format!("{n} {several}")),
    }
}

/// Reports the items that do not meet a criterion, naming at most three. `None` if there are no such items.
pub(super) fn except<'n>(names: impl IntoIterator<Item = &'n str>) -> Option<String> {
    const MOST: usize = 3;
    let names: Vec<&str> = names.into_iter().collect();
    match names.len() {
        0 => None,
        n if n <= MOST => Some(format!("except {}", listed(names))),
        n => Some(format!("except {} and {} more", listed(names[..MOST].iter().copied()), n - MOST)),
    }
}
