//! The criteria for silver: everything in the guide is tested, and it explains how to replace and revoke the credential.

use guide::{Method, Purpose, Severity};

use super::criterion::{Criterion, Graded, count, except, methods, secret_without};
use crate::bindings::changes_input;
use crate::conversation::reached;
use crate::texts::sections;

pub(super) const CRITERIA: &[Criterion] = &[
    Criterion {
        key: "no-warnings",
        requirement: "no warnings, except those allowed with a reason",
        shortfall: |graded| {
            let warnings = graded.findings.iter().filter(|finding| finding.severity() == Severity::Warning);
            count(warnings.count(), "warning", "warnings")
        },
    },
    Criterion {
        key: "outcomes-reached",
        requirement: "scenarios reach every outcome rule",
        shortfall: unreached,
    },
    Criterion {
        key: "fields-tried",
        requirement: "examples test every field that changes or validates its input",
        shortfall: |graded| {
            let fields = methods(graded).iter().flat_map(|method| &method.fields);
            let untried = fields.filter(|field| {
                (field.pattern.is_some() || changes_input(field)) && field.examples.is_empty()
            });
            except(untried.map(|field| field.key.as_str()))
        },
    },
    Criterion {
        key: "rotation",
        requirement: "every method with a secret explains how to replace the credential",
        shortfall: |graded| secret_without(graded, |method| has(method, Purpose::Rotate)),
    },
    Criterion {
        key: "revocation",
        requirement: "every method with a secret explains how to revoke the credential",
        shortfall: |graded| secret_without(graded, |method| has(method, Purpose::Revoke)),
    },
    Criterion {
        key: "life",
        requirement: "every method with a secret says when the credential expires, or that this is unknown",
        shortfall: |graded| secret_without(graded, |method| method.credential.is_some()),
    },
];

fn unreached(graded: &Graded<'_>) -> Option<String> {
    let guide = graded.subject.guide;
    let mut keys = Vec::new();
    for method in &guide.methods {
        let reached = reached(guide, method);
        let rules = method.all_outcomes().filter(|rule| !reached.contains(&rule.key));
        keys.extend(rules.map(|rule| rule.key.as_str()));
    }
    except(keys)
}

fn has(method: &Method, purpose: Purpose) -> bool {
    sections(method).any(|section| section.purpose == purpose)
}
