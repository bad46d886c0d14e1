//! What silver asks: everything in the guide was tried, and the credential can be replaced and taken back.

use guide::{Accept, Field, Method, Purpose, Severity};

use super::criterion::{Criterion, Grade, Graded, methods, not, secret_without};
use crate::talk::reached;
use crate::texts::parts;

pub(super) const CRITERIA: &[Criterion] = &[
    Criterion {
        key: "no-warnings",
        grade: Grade::Silver,
        asks: "nothing is found in it that is not allowed with a reason",
        lacks: |graded| {
            let warnings =
                graded.findings.iter().filter(|finding| finding.severity() == Severity::Warning).count();
            match warnings {
                0 => None,
                1 => Some("1 warning".to_owned()),
                n => Some(format!("{n} warnings")),
            }
        },
    },
    Criterion {
        key: "outcomes-reached",
        grade: Grade::Silver,
        asks: "a scenario reaches every outcome rule",
        lacks: unreached,
    },
    Criterion {
        key: "fields-tried",
        grade: Grade::Silver,
        asks: "examples try every field that changes or judges what is typed",
        lacks: |graded| {
            let fields = methods(graded).iter().flat_map(|method| &method.fields);
            let untried = fields.filter(|field| is_strict(field) && field.examples.is_empty());
            not(untried.map(|field| field.key.as_str()))
        },
    },
    Criterion {
        key: "rotation",
        grade: Grade::Silver,
        asks: "a section says how to replace the credential",
        lacks: |graded| secret_without(graded, |method| has(method, Purpose::Rotate)),
    },
    Criterion {
        key: "revocation",
        grade: Grade::Silver,
        asks: "a section says how to take the credential back",
        lacks: |graded| secret_without(graded, |method| has(method, Purpose::Revoke)),
    },
    Criterion {
        key: "life",
        grade: Grade::Silver,
        asks: "it says when the credential ends, or that this is not known",
        lacks: |graded| secret_without(graded, |method| method.credential.is_some()),
    },
];

fn unreached(graded: &Graded<'_>) -> Option<String> {
    let guide = graded.subject.guide;
    let mut keys = Vec::new();
    for method in &guide.methods {
        let reached = reached(guide, method);
        keys.extend(
            method.all_outcomes().filter(|rule| !reached.contains(&rule.key)).map(|rule| rule.key.as_str()),
        );
    }
    not(keys)
}

fn is_strict(field: &Field) -> bool {
    field.pattern.is_some() || field.accept.iter().any(|accept| *accept != Accept::Trim)
}

fn has(method: &Method, purpose: Purpose) -> bool {
    parts(method).flat_map(|part| &part.sections).any(|section| section.purpose == purpose)
}
