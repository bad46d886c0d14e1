//! The criteria for silver: everything in the guide is tested, and it explains how to replace and revoke the credential.

use guide::{Accept, Field, Method, Purpose, Severity};

use super::criterion::{Criterion, Grade, Graded, except, methods, secret_without};
use crate::conversation::reached;
use crate::texts::parts;

pub(super) const CRITERIA: &[Criterion] = &[
    Criterion {
        key: "no-warnings",
        grade: Grade::Silver,
        requirement: "no warnings, or each allowed with a reason",
        shortfall: |graded| {
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
        requirement: "a scenario reaches every outcome rule",
        shortfall: unreached,
    },
    Criterion {
        key: "fields-tried",
        grade: Grade::Silver,
        requirement: "examples test every field that changes or validates its input",
        shortfall: |graded| {
            let fields = methods(graded).iter().flat_map(|method| &method.fields);
            let untried = fields.filter(|field| is_strict(field) && field.examples.is_empty());
            except(untried.map(|field| field.key.as_str()))
        },
    },
    Criterion {
        key: "rotation",
        grade: Grade::Silver,
        requirement: "every method with a secret explains how to replace the credential",
        shortfall: |graded| secret_without(graded, |method| has(method, Purpose::Rotate)),
    },
    Criterion {
        key: "revocation",
        grade: Grade::Silver,
        requirement: "every method with a secret explains how to revoke the credential",
        shortfall: |graded| secret_without(graded, |method| has(method, Purpose::Revoke)),
    },
    Criterion {
        key: "life",
        grade: Grade::Silver,
        requirement: "every method with a secret says when the credential expires, or that this is unknown",
        shortfall: |graded| secret_without(graded, |method| method.credential.is_some()),
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
    except(keys)
}

fn is_strict(field: &Field) -> bool {
    field.pattern.is_some() || field.accept.iter().any(|accept| *accept != Accept::Trim)
}

fn has(method: &Method, purpose: Purpose) -> bool {
    parts(method).flat_map(|part| &part.sections).any(|section| section.purpose == purpose)
}
