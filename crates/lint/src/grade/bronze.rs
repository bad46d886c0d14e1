//! The criteria for bronze: scenarios show that the guide works and how it fails.

use guide::{OutcomeKind, Standing};

use super::criterion::{Criterion, methods_without};

pub(super) const CRITERIA: &[Criterion] = &[
    Criterion {
        key: "needs",
        requirement: "every link guide lists what readers need before they begin",
        shortfall: |graded| methods_without(graded, |method| !method.link.needs.is_empty()),
    },
    Criterion {
        key: "good-scenario",
        requirement: "every method has a scenario that ends in `ok`",
        shortfall: |graded| {
            methods_without(graded, |method| {
                method.scenarios.iter().any(|scenario| scenario.then.outcome == OutcomeKind::Ok)
            })
        },
    },
    Criterion {
        key: "bad-scenario",
        requirement: "every method has a scenario that fails",
        shortfall: |graded| {
            methods_without(graded, |method| {
                method.scenarios.iter().any(|scenario| !scenario.then.outcome.is_good())
            })
        },
    },
    Criterion {
        key: "evidence",
        requirement: "at least one fact in `evidence` is documented or observed",
        // A guide whose facts are all assumed is a draft, however complete it looks.
        shortfall: |graded| match graded.subject.guide.evidence.as_slice() {
            [] => Some("no evidence".to_owned()),
            facts if facts.iter().all(|fact| fact.standing == Standing::Assumed) => {
                Some("all facts are assumed".to_owned())
            }
            _ => None,
        },
    },
];
