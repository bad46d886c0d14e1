//! What bronze asks: the guide was seen to work, and to fail.

use guide::{OutcomeKind, Standing};

use super::criterion::{Criterion, Grade, methods_without};

pub(super) const CRITERIA: &[Criterion] = &[
    Criterion {
        key: "needs",
        grade: Grade::Bronze,
        asks: "every link guide says what is needed before one begins",
        lacks: |graded| methods_without(graded, |method| !method.link.needs.is_empty()),
    },
    Criterion {
        key: "good-scenario",
        grade: Grade::Bronze,
        asks: "every method has a scenario that ends in `ok`",
        lacks: |graded| {
            methods_without(graded, |method| {
                method.scenarios.iter().any(|scenario| scenario.then.outcome == OutcomeKind::Ok)
            })
        },
    },
    Criterion {
        key: "bad-scenario",
        grade: Grade::Bronze,
        asks: "every method has a scenario that ends badly",
        lacks: |graded| {
            methods_without(graded, |method| {
                method.scenarios.iter().any(|scenario| !scenario.then.outcome.is_good())
            })
        },
    },
    Criterion {
        key: "evidence",
        grade: Grade::Bronze,
        asks: "its `evidence` has a fact that is documented or observed",
        // A guide that is assumed from beginning to end is a draft, however whole it looks.
        lacks: |graded| match graded.subject.guide.evidence.as_slice() {
            [] => Some("there is none".to_owned()),
            facts if facts.iter().all(|fact| fact.standing == Standing::Assumed) => {
                Some("all of it is assumed".to_owned())
            }
            _ => None,
        },
    },
];
