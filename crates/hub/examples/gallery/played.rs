//! Puts flows into specific states by playing a guide's own scenarios, for the gallery and for tests.
//!
//! **Invariant:** no requests are sent: the flow receives the scenario's responses instead.

use std::sync::Arc;

use guide::{Guide, Key, Method, OutcomeKind, Product, Reply, Scenario};
use link::{Effect, Flow, Purpose, Start};
use probe::{Answer, Moment, Response};
use secret::Secret;

/// The time and the nonce used for every request.
pub(crate) const MOMENT: Moment = Moment { unix_ms: 1_795_000_000_000, nonce: [7; 16] };

/// Returns the start parameters for a scenario's flow.
pub(crate) fn start(method: &Method, scenario: &Scenario) -> Start {
    let first = || method.environments.first().map(|one| one.key.clone());
    Start {
        purpose: match &scenario.linked_before {
            None => Purpose::Link,
            Some(id) => Purpose::Relink { external_id: Some(id.clone()), allow_different: false },
        },
        environment: scenario.environment.clone().or_else(first).filter(|_| !method.tells_environment()),
        tokens: hidden(&scenario.tokens).into_iter().collect(),
        product: Product::named("Waystone"),
        ..Start::default()
    }
}

/// Creates a flow, enters the scenario's values, and passes at most `answers` of the scenario's responses to the flow.
pub(crate) fn play(
    guide: &Arc<Guide>,
    method: &Method,
    start: Start,
    scenario: &Scenario,
    answers: usize,
) -> Flow {
    let mut flow =
        Flow::new(Arc::clone(guide), method.key.as_str(), start).expect("the guide has the method");
    if scenario.denied.is_empty() {
        flow.submit_all(&hidden(&scenario.given));
    } else {
        flow.prefill(&hidden(&scenario.given));
        flow.sign_in_failed(&scenario.denied);
    }
    let mut turns = scenario.talk.iter().take(answers);
    for _ in 0..100 {
        match flow.poll(MOMENT) {
            Some(Effect::Send { id, .. }) => match turns.next() {
                Some(turn) => flow.answered(id, &answer(&turn.reply), MOMENT.unix()),
                None => break,
            },
            Some(Effect::WaitUntil(moment)) if turns.len() > 0 => flow.elapsed(moment),
            _ => break,
        }
    }
    flow
}

/// Returns the first scenario that ends with a matching outcome.
pub(crate) fn ending(method: &Method, is_outcome: impl Fn(OutcomeKind) -> bool) -> Option<&Scenario> {
    method.scenarios.iter().find(|one| !one.agrees && is_outcome(one.then.outcome))
}

/// Wraps plain-text values in `Secret`.
pub(crate) fn hidden(values: &[(Key, String)]) -> Vec<(Key, Secret)> {
    values.iter().map(|(key, text)| (key.clone(), Secret::from(text.as_str()))).collect()
}

fn answer(reply: &Reply) -> Answer {
    match reply {
        Reply::Fails(fault) => Answer::Failed { fault: *fault, detail: String::new() },
        Reply::Response { status, headers, body } => Answer::Response(Response {
            status: *status,
            headers: headers.clone(),
            body: body.clone().into_bytes(),
        }),
    }
}
