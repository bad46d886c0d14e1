//! What gold asks: whatever goes wrong, people are told what to do.

use guide::{Guide, Key, Method, OutcomeKind, Standing};

use super::criterion::{Criterion, Grade, Graded, methods, not};
use crate::calendar::day;
use crate::talk::environment;

pub(super) const CRITERIA: &[Criterion] = &[
    Criterion {
        key: "outcomes",
        grade: Grade::Gold,
        asks: "every method has rules for a refused secret, a missing permission, too many requests, a failure of the \
               provider, and a provider that cannot be reached",
        lacks: unruled,
    },
    Criterion {
        key: "ways-out",
        grade: Grade::Gold,
        asks: "every outcome that somebody can mend says how, and leads to a field or step",
        lacks: |graded| {
            let rules = methods(graded).iter().flat_map(Method::all_outcomes);
            let stuck = rules.filter(|rule| {
                let leads = rule.at_field.is_some() || rule.return_to.is_some();
                is_mended(rule.is) && !(leads && rule.fix.is_some())
            });
            not(stuck.map(|rule| rule.key.as_str()))
        },
    },
    Criterion {
        key: "environments",
        grade: Grade::Gold,
        asks: "a scenario ends well in every environment",
        lacks: |graded| not(methods(graded).iter().flat_map(unlinked).map(Key::as_str)),
    },
    Criterion {
        key: "sources",
        grade: Grade::Gold,
        asks: "every fact names its page, or is said to be observed or assumed, and was looked at within a year",
        lacks: unsound,
    },
    Criterion {
        key: "permissions",
        grade: Grade::Gold,
        asks: "an action says what every scope is for",
        lacks: |graded| not(purposeless(graded.subject.guide)),
    },
];

/// The outcomes that happen with every provider, each as the kinds by which a guide may call it.
const EVERYWHERE: [&[OutcomeKind]; 5] = [
    &[OutcomeKind::WrongSecret, OutcomeKind::Expired, OutcomeKind::Disabled],
    &[OutcomeKind::MissingPermission, OutcomeKind::NotInPlan],
    &[OutcomeKind::Throttled],
    &[OutcomeKind::ProviderDown],
    &[OutcomeKind::Unreachable],
];

/// For how many days a fact is taken as it is: as the rule on stale evidence has it.
const FRESH: i64 = 365;

fn unruled(graded: &Graded<'_>) -> Option<String> {
    let lacks =
        |method: &Method, kinds: &[OutcomeKind]| !method.all_outcomes().any(|rule| kinds.contains(&rule.is));
    let kinds = EVERYWHERE.iter().filter(|kinds| methods(graded).iter().any(|method| lacks(method, kinds)));
    not(kinds.map(|kinds| kinds[0].as_str()))
}

/// Whether the person linking, or somebody whom they can ask, can change what is wrong.
fn is_mended(kind: OutcomeKind) -> bool {
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

/// The environments in which no scenario ends well.
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
        1 => Some("1 is not".to_owned()),
        n => Some(format!("{n} are not")),
    }
}

/// The scopes that no action needs, be it by way of a scope that includes them.
fn purposeless(guide: &Guide) -> Vec<&str> {
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
