//! Replays a scenario's conversation: which requests the checks make, and which outcome rules match the answers.
//!
//! The answers are judged by the code that links accounts, so a rule about scenarios cannot disagree with a link.

use std::collections::BTreeSet;

use guide::{Check, Environment, Guide, Key, Method, OutcomeKind, Reply, Scenario, Turn};
use probe::{Answer, Case, Inputs, Response, Values, matching_rule};
use secret::Secret;

/// The environment of a scenario: the one a field's value implies, the one it names, or the method's first one.
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

/// The normalized values that a scenario gives. Values that their fields refuse are left out.
pub(crate) fn values(method: &Method, scenario: &Scenario) -> Values {
    let kept = |(key, typed): &(Key, String)| {
        let kept = method.field(key.as_str())?.keep(typed, &method.environments).ok()?;
        Some((key.clone(), Secret::new(kept.value)))
    };
    scenario.given.iter().filter_map(kept).collect()
}

/// The values that the answers of a conversation have provided so far.
struct Progress {
    captures: Values,
    tokens: Values,
}

impl Progress {
    fn new(scenario: &Scenario) -> Self {
        let tokens =
            scenario.tokens.iter().map(|(key, text)| (key.clone(), Secret::from(text.as_str()))).collect();
        Self { captures: Values::new(), tokens }
    }

    /// The checks that may make the request of a turn.
    fn checks_for<'g>(
        &self,
        method: &'g Method,
        scenario: &Scenario,
        values: &Values,
        turn: &Turn,
    ) -> Vec<&'g Check> {
        let inputs = self.inputs(method, scenario, values, turn);
        method.asks().filter(|check| may_request(check, turn, &inputs)).collect()
    }

    fn inputs<'a>(
        &'a self,
        method: &'a Method,
        scenario: &Scenario,
        values: &'a Values,
        turn: &Turn,
    ) -> Inputs<'a> {
        let environment = match &turn.environment {
            Some(key) => method.environment(key.as_str()),
            None => environment(method, scenario),
        };
        Inputs { captures: &self.captures, tokens: &self.tokens, ..Inputs::new(method, environment, values) }
    }

    fn record(&mut self, method: &Method, checks: &[&Check], reply: &Reply) {
        let Answer::Response(response) = answer(reply) else { return };
        for check in checks {
            let kept = probe::captures(check, &response);
            let is_check = method.checks.iter().any(|one| one.key == check.key);
            if is_check { self.captures.extend(kept) } else { self.tokens.extend(kept) }
        }
    }
}

/// The turns of a scenario whose request neither a check nor the sign-in makes. A request whose path cannot be
/// determined counts as made.
pub(crate) fn unasked<'g>(method: &Method, scenario: &'g Scenario) -> Vec<&'g Turn> {
    let (values, mut progress) = (values(method, scenario), Progress::new(scenario));
    let mut unasked = Vec::new();
    for turn in &scenario.talk {
        let checks = progress.checks_for(method, scenario, &values, turn);
        if checks.is_empty() {
            unasked.push(turn);
        }
        progress.record(method, &checks, &turn.reply);
    }
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
        let (values, mut progress) = (values(method, scenario), Progress::new(scenario));
        for turn in &scenario.talk {
            let checks = progress.checks_for(method, scenario, &values, turn);
            let inputs = progress.inputs(method, scenario, &values, turn);
            let answer = answer(&turn.reply);
            for check in &checks {
                let case = Case { guide, method, check, inputs, brand: "" };
                reached.extend(matching_rule(&case, &answer).map(|rule| rule.key.clone()));
            }
            progress.record(method, &checks, &turn.reply);
        }
    }
    reached
}

/// Whether a check may make the request of a turn. True if the check's path cannot be determined.
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
