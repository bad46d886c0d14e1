//! The criteria for platinum: the guide assumes nothing and leaves nothing unexplained.

use guide::{OutcomeKind, Standing};

use super::criterion::{Criterion, Graded, count, except, methods, methods_without};

pub(super) const CRITERIA: &[Criterion] = &[
    Criterion {
        key: "nothing-assumed",
        requirement: "every fact is documented or observed",
        shortfall: |graded| {
            let facts = graded.subject.guide.evidence.iter();
            let assumed = facts.filter(|fact| fact.standing == Standing::Assumed);
            count(assumed.count(), "is assumed", "are assumed")
        },
    },
    Criterion {
        key: "another-account",
        requirement: "every method has a scenario that links again with a different account",
        shortfall: |graded| {
            methods_without(graded, |method| {
                method.scenarios.iter().any(|scenario| scenario.then.outcome == OutcomeKind::DifferentAccount)
            })
        },
    },
    Criterion {
        key: "fields-described",
        requirement: "every field has a description and shows an example of its value",
        shortfall: |graded| {
            let fields = methods(graded).iter().flat_map(|method| &method.fields);
            let bare = fields.filter(|field| {
                let shows =
                    field.placeholder.is_some() || !field.examples.is_empty() || !field.options.is_empty();
                field.description.is_none() || !shows
            });
            except(bare.map(|field| field.key.as_str()))
        },
    },
    Criterion {
        key: "everything-described",
        requirement: "every method, environment, scope and action has a description",
        shortfall: undescribed,
    },
    Criterion {
        key: "nothing-allowed",
        requirement: "the guide allows no findings",
        shortfall: |graded| except(graded.subject.guide.allow.iter().map(|allow| allow.code.as_str())),
    },
];

fn undescribed(graded: &Graded<'_>) -> Option<String> {
    let guide = graded.subject.guide;
    let environments = guide.methods.iter().flat_map(|method| &method.environments);
    let all = guide
        .methods
        .iter()
        .map(|method| (method.key.as_str(), &method.description))
        .chain(environments.map(|one| (one.key.as_str(), &one.description)))
        .chain(guide.scopes.iter().map(|scope| (scope.name.as_str(), &scope.description)))
        .chain(guide.actions.iter().map(|action| (action.key.as_str(), &action.description)));
    except(all.filter(|(_, description)| description.is_none()).map(|(key, _)| key))
}
