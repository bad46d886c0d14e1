//! The criteria for gold: the guide tells people what to do about every failure.

use guide::{Guide, Key, Method, OutcomeKind, Standing};

use super::criterion::{Criterion, Graded, count, except, methods};
use crate::calendar::{FRESH, day};
use crate::conversation::environment;

pub(super) const CRITERIA: &[Criterion] = &[
    Criterion {
        key: "outcomes",
        requirement: "every method has outcome rules for a refused secret, a missing permission, too many requests, a provider \
               error and an unreachable provider",
        shortfall: unruled,
    },
    Criterion {
        key: "ways-out",
        requirement: "every outcome that people can fix says how and leads to a field or step",
        shortfall: |graded| {
            let rules = methods(graded).iter().flat_map(Method::all_outcomes);
            let stuck = rules.filter(|rule| {
                let leads = rule.at_field.is_some() || rule.return_to.is_some();
                is_fixable(rule.is) && !(leads && rule.fix.is_some())
            });
            except(stuck.map(|rule| rule.key.as_str()))
        },
    },
    Criterion {
        key: "environments",
        requirement: "every environment has a scenario that succeeds",
        shortfall: |graded| except(methods(graded).iter().flat_map(unlinked).map(Key::as_str)),
    },
    Criterion {
        key: "sources",
        requirement: "every documented fact names its page, and every fact was checked within the past year",
        shortfall: unsound,
    },
    Criterion {
        key: "permissions",
        requirement: "every scope is needed by an action",
        shortfall: |graded| except(unneeded_scopes(graded.subject.guide)),
    },
];

/// The failures that every provider can cause, each with the outcome kinds that represent it.
const UNIVERSAL: [&[OutcomeKind]; 5] = [
    &[OutcomeKind::WrongSecret, OutcomeKind::Expired, OutcomeKind::Disabled],
    &[OutcomeKind::MissingPermission, OutcomeKind::NotInPlan],
    &[OutcomeKind::Throttled],
    &[OutcomeKind::ProviderDown],
    &[OutcomeKind::Unreachable],
];

fn unruled(graded: &Graded<'_>) -> Option<String> {
    let has_none =
        |method: &Method, kinds: &[OutcomeKind]| !method.all_outcomes().any(|rule| kinds.contains(&rule.is));
    let kinds = UNIVERSAL.iter().filter(|kinds| methods(graded).iter().any(|method| has_none(method, kinds)));
    except(kinds.map(|kinds| kinds[0].as_str()))
}

/// Whether the person linking, or someone they can ask, can fix the problem.
fn is_fixable(kind: OutcomeKind) -> bool {
    matches!(
        kind,
        OutcomeKind::WrongSecret
            | OutcomeKind::WrongUser
            | OutcomeKind::WrongTenant
            | OutcomeKind::WrongEnvironment
            | OutcomeKind::MissingPermission
            | OutcomeKind::Disabled
            | OutcomeKind::Expired
    )
}

/// The environments in which no scenario succeeds.
fn unlinked(method: &Method) -> Vec<&Key> {
    let good = method.scenarios.iter().filter(|scenario| scenario.then.outcome.is_good());
    let linked: Vec<&Key> =
        good.filter_map(|scenario| environment(method, scenario)).map(|one| &one.key).collect();
    method.environments.iter().map(|one| &one.key).filter(|key| !linked.contains(key)).collect()
}

fn unsound(graded: &Graded<'_>) -> Option<String> {
    let today = graded.subject.today.and_then(day);
    let is_fresh = |checked_on: &str| match (today, day(checked_on)) {
        (Some(today), Some(on)) => (0..=FRESH).contains(&(today - on)),
        _ => true,
    };
    let facts = graded.subject.guide.evidence.iter();
    let unsound = facts.filter(|fact| {
        (fact.standing == Standing::Documented && fact.source.is_none()) || !is_fresh(&fact.checked_on)
    });
    count(unsound.count(), "fact", "facts").map(|facts| format!("except {facts}"))
}

/// The scopes that no action needs, either directly or through a scope that includes them.
fn unneeded_scopes(guide: &Guide) -> Vec<&str> {
    let direct: Vec<String> = guide.actions.iter().flat_map(|action| action.scopes.clone()).collect();
    let needed = guide.with_included(&direct);
    let scopes = guide.scopes.iter().filter(|scope| !needed.contains(&scope.name));
    scopes.map(|scope| scope.name.as_str()).collect()
}
