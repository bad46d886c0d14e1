//! The rules by which the script judges a value before the form is sent. The Hub judges every submitted value again.
//!
//! **Invariant:** the script rejects no value that the Hub accepts. Values that are not secret are judged by the Hub,
//! which previews them, so the only rule for such a value is whether it is required.

use guide::{Accept, Field, FieldType, Holds, Mistake, Saying, Spaces};
use serde::Serialize;

use crate::texts::{Language, Localized};

/// The rules for a field's value.
#[derive(Serialize)]
pub(super) struct Rules<'a> {
    /// The message for a missing value; `None` if the value is not required.
    missing: Option<Localized>,
    /// The names and arguments of the steps that normalize a secret.
    accept: Vec<(&'static str, &'a str)>,
    /// The tests for a secret. The first one that finds a problem provides the message.
    tests: Vec<Test<'a>>,
}

/// A test that finds one kind of problem.
#[derive(Serialize)]
struct Test<'a> {
    /// The test's name in the script.
    is: &'static str,
    /// The prefix, substring or pattern; empty if the test needs none.
    part: &'a str,
    says: Localized,
}

impl<'a> Rules<'a> {
    /// Returns the rules for a field. If the script lacks one of a secret's normalization steps, only the Hub judges the
    /// secret.
    pub(super) fn of(language: Language, field: &'a Field, is_required: bool) -> Self {
        let mistake = if field.kind == FieldType::Boolean { Mistake::Unanswered } else { Mistake::Missing };
        let missing = is_required.then(|| language.localize(&mistake.in_field(&field.label)));
        let accept = if field.secret { normalization(field) } else { None };
        let tests = if accept.is_some() { tests(language, field) } else { Vec::new() };
        Self { missing, accept: accept.unwrap_or_default(), tests }
    }
}

/// Returns the steps that normalize a secret; `None` if the script lacks one of them.
fn normalization(field: &Field) -> Option<Vec<(&'static str, &str)>> {
    let mut steps = Vec::new();
    if matches!(field.kind, FieldType::Multiline | FieldType::File) {
        steps.push(("no_bom", ""));
    }
    for accept in &field.accept {
        steps.push(match accept {
            Accept::Trim => ("trim", ""),
            Accept::Digits => ("digits", ""),
            Accept::StripPrefix(part) => ("strip_prefix", part.as_str()),
            Accept::StripSuffix(part) => ("strip_suffix", part.as_str()),
            Accept::BeforeFirst(part) => ("before_first", part.as_str()),
            Accept::AfterLast(part) => ("after_last", part.as_str()),
            Accept::Lowercase
            | Accept::Uppercase
            | Accept::LabelOfEnvironment
            | Accept::LabelOf(_)
            | Accept::Host
            | Accept::PathSegment(_)
            | Accept::Json(_) => return None,
        });
    }
    if field.kind == FieldType::Secret && field.spaces == Spaces::Remove {
        steps.push(("no_spaces", ""));
    }
    if field.holds == Some(Holds::Pem) {
        steps.push(("pem_lines", ""));
    }
    Some(steps)
}

/// Returns the tests for a secret, in the order in which `Field::keep` applies them.
fn tests(language: Language, field: &Field) -> Vec<Test<'_>> {
    let mut tests = Vec::new();
    let mut test = |is, part, says: &Saying| tests.push(Test { is, part, says: language.localize(says) });
    for refuse in &field.refuse {
        let says = refuse.says.clone().into();
        let parts = [("prefix", &refuse.prefix), ("contains", &refuse.contains)];
        for (is, part) in parts.into_iter().filter_map(|(is, part)| Some((is, part.as_deref()?))) {
            test(is, part, &says);
        }
    }
    let mistakes: &[(&'static str, Mistake)] = match (field.kind, field.spaces, field.holds) {
        (FieldType::Secret, Spaces::Refuse | Spaces::Remove, _) => &[
            ("lines", Mistake::SeveralLines),
            ("invisible", Mistake::Invisible),
            ("space", Mistake::Space),
            ("quoted", Mistake::Quoted),
        ],
        (FieldType::Secret | FieldType::Text, ..) => {
            &[("lines", Mistake::SeveralLines), ("invisible", Mistake::Invisible)]
        }
        (FieldType::Multiline | FieldType::File, _, Some(Holds::Json)) => &[("json", Mistake::NotJson)],
        (FieldType::Multiline | FieldType::File, _, Some(Holds::Pem)) => &[("pem", Mistake::NotPem)],
        _ => &[],
    };
    for (is, mistake) in mistakes {
        test(is, "", &mistake.clone().in_field(&field.label));
    }
    if let Some(pattern) = &field.pattern {
        test("pattern", &pattern.text, &field.not_matching());
    }
    tests
}
