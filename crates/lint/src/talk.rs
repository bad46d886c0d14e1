//! What a scenario's conversation comes to: which requests the checks make, and what the answers are judged to be.
//!
//! The same judge that links accounts is asked, so a rule about scenarios cannot disagree with a link.

use std::collections::BTreeSet;

use guide::{Check, Environment, Guide, Key, Method, OutcomeKind, Reply, Scenario, Turn};
use probe::{Answer, Case, Inputs, Response, Values, matching_rule};
use secret::Secret;

/// The environment in which a scenario takes place.
pub(crate) fn environment<'g>(method: &'g Method, scenario: &Scenario) -> Option<&'g Environment> {
    if method.tells_environment() {
        let told = scenario.given.iter().find_map(|(key, typed)| {
            method.field(key.as_str())?.keep(typed, &method.environments).ok()?.environment
        });
        return told.and_then(|key| method.environment(key.as_str()));
    }
    match &scenario.environment {
        Some(key) => method.environment(key.as_str()),
        None => method.environments.first(),
    }
}

/// What is kept of what a scenario's person types; what is refused is left out.
pub(crate) fn values(method: &Method, scenario: &Scenario) -> Values {
    let kept = |(key, typed): &(Key, String)| {
        let kept = method.field(key.as_str())?.keep(typed, &method.environments).ok()?;
        Some((key.clone(), Secret::new(kept.value)))
    };
    scenario.given.iter().filter_map(kept).collect()
}

/// A scenario's conversation, as far as one has listened: what the answers gave.
struct Heard {
    captures: Values,
    tokens: Values,
}

impl Heard {
    fn new(scenario: &Scenario) -> Self {
        let tokens =
            scenario.tokens.iter().map(|(key, text)| (key.clone(), Secret::from(text.as_str()))).collect();
        Self { captures: Values::new(), tokens }
    }

    /// The requests of the method that a turn may be about.
    fn asked<'g>(
        &self,
        method: &'g Method,
        scenario: &Scenario,
        values: &Values,
        turn: &Turn,
    ) -> Vec<&'g Check> {
        let inputs = self.inputs(method, scenario, values, turn);
        method.asks().filter(|check| is_from(check, turn, &inputs)).collect()
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

    fn take_in(&mut self, method: &Method, checks: &[&Check], reply: &Reply) {
        let Answer::Response(response) = answer(reply) else { return };
        for check in checks {
            let kept = probe::captures(check, &response);
            let is_check = method.checks.iter().any(|one| one.key == check.key);
            if is_check { self.captures.extend(kept) } else { self.tokens.extend(kept) }
        }
    }
}

/// The turns of a scenario whose request no check and no sign-in makes. What cannot be worked out may be made.
pub(crate) fn unasked<'g>(method: &Method, scenario: &'g Scenario) -> Vec<&'g Turn> {
    let (values, mut heard) = (values(method, scenario), Heard::new(scenario));
    let mut unasked = Vec::new();
    for turn in &scenario.talk {
        let checks = heard.asked(method, scenario, &values, turn);
        if checks.is_empty() {
            unasked.push(turn);
        }
        heard.take_in(method, &checks, &turn.reply);
    }
    unasked
}

/// The rules that some scenario of the method reaches.
pub(crate) fn reached(guide: &Guide, method: &Method) -> BTreeSet<Key> {
    let mut reached = BTreeSet::new();
    for scenario in &method.scenarios {
        reached.extend(scenario.then.rule.clone());
        if scenario.then.outcome == OutcomeKind::DifferentAccount {
            let rule = method.all_outcomes().find(|rule| rule.is == OutcomeKind::DifferentAccount);
            reached.extend(rule.map(|rule| rule.key.clone()));
        }
        let (values, mut heard) = (values(method, scenario), Heard::new(scenario));
        for turn in &scenario.talk {
            let checks = heard.asked(method, scenario, &values, turn);
            let inputs = heard.inputs(method, scenario, &values, turn);
            let answer = answer(&turn.reply);
            for check in &checks {
                let case = Case { guide, method, check, inputs, brand: "" };
                reached.extend(matching_rule(&case, &answer).map(|rule| rule.key.clone()));
            }
            heard.take_in(method, &checks, &turn.reply);
        }
    }
    reached
}

/// Whether a request is what a turn is about. What cannot be worked out may be.
fn is_from(check: &Check, turn: &Turn, inputs: &Inputs<'_>) -> bool {
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
