//! What a scenario's conversation comes to: which requests the checks make, and what the answers are judged to be.
//!
//! The same judge that links accounts is asked, so a rule about scenarios cannot disagree with a link.

use std::collections::BTreeSet;

use guide::{
    Check, Environment, Guide, Key, Method, OutcomeKind, Reply, RequestTemplate, Scenario, Span, Template,
    Turn,
};
use probe::{Answer, Case, Inputs, Response, Values, judge};
use secret::Secret;

/// The environment in which a scenario begins.
pub(crate) fn environment<'g>(method: &'g Method, scenario: &Scenario) -> Option<&'g Environment> {
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

/// Whether some check may make a turn's request. What cannot be worked out may be.
pub(crate) fn is_asked(method: &Method, scenario: &Scenario, turn: &Turn) -> bool {
    let (values, none) = (values(method, scenario), Values::new());
    let inputs =
        Inputs { environment: asked_environment(method, scenario, turn), values: &values, captures: &none };
    method.checks.iter().any(|check| is_from(method, check, turn, &inputs))
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
        let (values, mut captures) = (values(method, scenario), Values::new());
        for turn in &scenario.talk {
            let kept = captures.clone();
            let environment = asked_environment(method, scenario, turn);
            let inputs = Inputs { environment, values: &values, captures: &kept };
            for check in method.checks.iter().filter(|check| is_from(method, check, turn, &inputs)) {
                let case = Case { guide, method, check, inputs, brand: "" };
                let verdict = judge(&case, &answer(&turn.reply), 0);
                reached.extend(verdict.rule);
                captures.extend(verdict.captures);
            }
        }
    }
    reached
}

fn asked_environment<'g>(method: &'g Method, scenario: &Scenario, turn: &Turn) -> Option<&'g Environment> {
    match &turn.environment {
        Some(key) => method.environment(key.as_str()),
        None => environment(method, scenario),
    }
}

fn is_from(method: &Method, check: &Check, turn: &Turn, inputs: &Inputs<'_>) -> bool {
    if check.request.verb != turn.verb {
        return false;
    }
    let written = RequestTemplate {
        verb: turn.verb,
        path: Template::literal(turn.path.as_str()),
        query: Vec::new(),
        headers: Vec::new(),
        body: None,
        span: Span::default(),
    };
    match (probe::request(method, &check.request, inputs), probe::request(method, &written, inputs)) {
        (Ok(made), Ok(written)) => made.path == written.path,
        _ => true,
    }
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
