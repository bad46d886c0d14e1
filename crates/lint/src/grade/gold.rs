//! The criteria for gold: the guide tells people what to do about every failure.

use guide::{Guide, Key, Method, OutcomeKind, Standing};

use super::criterion::{Criterion, Grade, Graded, except, methods};
use crate::calendar::day;
use crate::conversation::environment;

pub(super) const CRITERIA: &[Criterion] = &[
    Criterion {
        key: "outcomes",
        grade: Grade::Gold,
        requirement: "every method has outcome rules for a refused secret, a missing permission, too many requests, a provider \
               error and an unreachable provider",
        shortfall: unruled,
    },
    Criterion {
        key: "ways-out",
        grade: Grade::Gold,
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
        grade: Grade::Gold,
        requirement: "every environment has a scenario that succeeds",
        shortfall: |graded| except(methods(graded).iter().flat_map(unlinked).map(Key::as_str)),
    },
    Criterion {
        key: "sources",
        grade: Grade::Gold,
        requirement: "every documented fact names its page, and every fact was checked within the past year",
        shortfall: unsound,
    },
    Criterion {
        key: "permissions",
        grade: Grade::Gold,
        requirement: "every scope is needed by an action",
        shortfall: |graded| except(unneeded_scopes(graded.subject.guide)),
    },
];

/// The outcomes that every provider can cause, each with the kinds that may represent it.
const UNIVERSAL: [&[OutcomeKind]; 5] = [
    &[OutcomeKind::WrongSecret, OutcomeKind::Expired, OutcomeKind::Disabled],
    &[OutcomeKind::MissingPermission, OutcomeKind::NotInPlan],
    &[OutcomeKind::Throttled],
    &[OutcomeKind::ProviderDown],
    &[OutcomeKind::Unreachable],
];

/// How long a checked fact counts as current, in days. The rule on stale evidence uses the same limit.
const FRESH: i64 = 365;

fn unruled(graded: &Graded<'_>) -> Option<String> {
    let has_none =
        |method: &Method, kinds: &[OutcomeKind]| !method.all_outcomes().any(|rule| kinds.contains(&rule.is));
    let kinds = UNIVERSAL.iter().filter(|kinds| methods(graded).iter().any(|method| has_none(method, kinds)));
    except(kinds.map(|kinds| kinds[0].as_str()))
}

/// Whether the person linking, or someone they can ask, can fix the problem.
fn is_fixable(kind: OutcomeKind) -> bool {
    match kind {
        OutcomeKind::WrongSecret
        | OutcomeKind::WrongUser
        | OutcomeKind::WrongTenant
        | OutcomeKind::WrongEnvironment
        | OutcomeKind::MissingPermission
        | OutcomeKind::Disabled
        | OutcomeKind::Expired => true,
        OutcomeKind::Ok
        | OutcomeKind::OkLimited
        | OutcomeKind::DifferentAccount
        | OutcomeKind::NotInPlan
        | OutcomeKind::Declined
        | OutcomeKind::Misconfigured
        | OutcomeKind::IpBlocked
        | OutcomeKind::Throttled
        | OutcomeKind::ProviderDown
        | OutcomeKind::Unreachable
        | OutcomeKind::Tls
        | OutcomeKind::ProtocolMismatch
        | OutcomeKind::Unknown => false,
    }
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
    match unsound.count() {
        0 => None,
        1 => Some("except 1 fact".to_owned()),
        n => Some(format!("except {n} facts")),
    }
}

/// The scopes that no action needs, either directly or through a scope that includes them.
fn unneeded_scopes(guide: &Guide) -> Vec<&str> {
    let mut needed: Vec<&str> =
        guide.actions.iter().flat_map(|action| &action.scopes).map(String::as_str).collect();
    let mut at = 0;
    while let Some(name) = needed.get(at) {
        let included = guide.scopes.iter().filter(|scope| scope.name == *name).flat_map(|one| &one.includes);
        let more: Vec<&str> =
            included.map(String::as_str).filter(|include| !needed.contains(include)).collect();
        needed.extend(more);
        at += 1;
    }
    guide.scopes.iter().map(|scope| scope.name.as_str()).filter(|name| !needed.contains(name)).collect()
}
