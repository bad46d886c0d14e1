//! Replays a scenario's conversation to find which requests the checks make and which outcome rules match the
//! responses.
//!
//! The code that links accounts also judges these responses, so a rule about scenarios cannot contradict what happens
//! during linking.

use std::collections::BTreeSet;

use guide::{Check, Environment, Guide, Json, Key, Method, OutcomeKind, Product, Reply, Scenario, Turn};
use probe::{Answer, Case, Inputs, Response, Values, matching_rule};
use secret::Secret;

/// A scenario's environment: the environment that a field's value implies, the one that the scenario names, or the
/// method's first environment.
pub(crate) fn environment<'g>(method: &'g Method, scenario: &Scenario) -> Option<&'g Environment> {
    if method.tells_environment() {
        let implied = scenario.given.iter().find_map(|(key, typed)| {
            method.field(key.as_str())?.keep(typed, &method.environments).ok()?.environment
        });
        return implied.and_then(|key| method.environment(key.as_str()));
    }
    match &scenario.environment {
        Some(key) => method.environment(key.as_str()),
        None => method.environments.first(),
    }
}

/// The values that a scenario specifies, normalized. Omits values that their fields reject.
pub(crate) fn values(method: &Method, scenario: &Scenario) -> Values {
    let kept = |(key, typed): &(Key, String)| {
        let kept = method.field(key.as_str())?.keep(typed, &method.environments).ok()?;
        Some((key.clone(), Secret::new(kept.value)))
    };
    scenario.given.iter().filter_map(kept).collect()
}

/// The turns of a scenario that match neither a check's request nor a sign-in request. If the path of a check's request
/// cannot be determined, the turn is assumed to match.
pub(crate) fn unasked<'g>(method: &Method, scenario: &'g Scenario) -> Vec<&'g Turn> {
    let mut unasked = Vec::new();
    replay(method, scenario, |turn, checks, _| {
        if checks.is_empty() {
            unasked.push(turn);
        }
    });
    unasked
}

/// The keys of the outcome rules that the method's scenarios reach.
pub(crate) fn reached(guide: &Guide, method: &Method) -> BTreeSet<Key> {
    let mut reached = BTreeSet::new();
    for scenario in &method.scenarios {
        reached.extend(scenario.then.rule.clone());
        if scenario.then.outcome == OutcomeKind::DifferentAccount {
            let rule = method.all_outcomes().find(|rule| rule.is == OutcomeKind::DifferentAccount);
            reached.extend(rule.map(|rule| rule.key.clone()));
        }
        let redirect = method.auth.sign_in.as_ref().and_then(|sign_in| sign_in.redirect.as_ref());
        if let Some(redirect) = redirect.filter(|_| !scenario.denied.is_empty()) {
            let values = values(method, scenario);
            let inputs = Inputs::new(method, environment(method, scenario), &values);
            let (check, product) = (&redirect.exchange.check, &Product::default());
            let case = Case { guide, method, check, inputs, product };
            let rule = matching_rule(&case, &probe::denial(&scenario.denied));
            reached.extend(rule.map(|rule| rule.key.clone()));
        }
        replay(method, scenario, |turn, checks, inputs| {
            let answer = answer(&turn.reply);
            for check in checks {
                let case = Case { guide, method, check, inputs, product: &Product::default() };
                reached.extend(matching_rule(&case, &answer).map(|rule| rule.key.clone()));
            }
        });
    }
    reached
}

/// The JSON bodies of the successful responses to the checks' requests in the method's scenarios, each with its check.
pub(crate) fn bodies(method: &Method) -> Vec<(Key, Json)> {
    let mut bodies = Vec::new();
    for scenario in &method.scenarios {
        replay(method, scenario, |turn, checks, _| {
            let Reply::Response { status, body, .. } = &turn.reply else { return };
            let Some(body) = Json::parse(body) else { return };
            for check in checks {
                if check.expect.allows(*status) {
                    bodies.push((check.key.clone(), body.clone()));
                }
            }
        });
    }
    bodies
}

/// Calls `visit` for each turn of a scenario, with the checks that may make the turn's request and the values known at
/// that point, which come from the scenario and from earlier responses.
fn replay<'g>(
    method: &Method,
    scenario: &'g Scenario,
    mut visit: impl FnMut(&'g Turn, &[&Check], Inputs<'_>),
) {
    let values = values(method, scenario);
    let mut captures = Values::new();
    let tokens = scenario.tokens.iter();
    let mut tokens: Values = tokens.map(|(key, text)| (key.clone(), Secret::from(text.as_str()))).collect();
    for turn in &scenario.talk {
        let environment = match &turn.environment {
            Some(key) => method.environment(key.as_str()),
            None => environment(method, scenario),
        };
        let inputs =
            Inputs { captures: &captures, tokens: &tokens, ..Inputs::new(method, environment, &values) };
        let checks: Vec<_> = method.asks().filter(|check| may_request(check, turn, &inputs)).collect();
        visit(turn, &checks, inputs);
        let Answer::Response(response) = answer(&turn.reply) else { continue };
        for check in checks {
            let kept = probe::captures(check, &response);
            let is_check = method.checks.iter().any(|other| other.key == check.key);
            if is_check { captures.extend(kept) } else { tokens.extend(kept) }
        }
    }
}

/// Whether a check may make a turn's request. Also `true` if the check's path cannot be determined.
fn may_request(check: &Check, turn: &Turn, inputs: &Inputs<'_>) -> bool {
    check.request.verb == turn.verb && probe::matches_path(&check.request, &turn.path, inputs) != Some(false)
}

fn answer(reply: &Reply) -> Answer {
    match reply {
        Reply::Response { status, headers, body } => Answer::Response(Response {
            status: *status,
            headers: headers.clone(),
            body: body.clone().into_bytes(),
        }),
        Reply::Fails(fault) => Answer::Failed { fault: *fault, detail: String::new() },
    }
}
