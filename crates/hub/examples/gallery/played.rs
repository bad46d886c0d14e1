//! Flows driven into their states by a guide's own scenarios, for pages to be looked at and tested.
//!
//! **Invariant:** nothing leaves the program: a scenario's answers are handed to the flow.

use std::sync::Arc;

use guide::{Guide, Key, Method, OutcomeKind, Reply, Scenario};
use link::{Effect, Flow, Purpose, Start};
use probe::{Answer, Moment, Response};
use secret::Secret;

/// When everything is asked.
pub(crate) const MOMENT: Moment = Moment { unix_ms: 1_795_000_000_000, nonce: [7; 16] };

/// What a scenario begins with.
pub(crate) fn start(method: &Method, scenario: &Scenario) -> Start {
    let first = || method.environments.first().map(|one| one.key.clone());
    Start {
        purpose: match &scenario.linked_before {
            None => Purpose::Link,
            Some(id) => Purpose::Relink { external_id: Some(id.clone()), allow_different: false },
        },
        environment: scenario.environment.clone().or_else(first).filter(|_| !method.tells_environment()),
        tokens: hidden(&scenario.tokens).into_iter().collect(),
        brand: "Waystone".to_owned(),
        ..Start::default()
    }
}

/// A flow told what a scenario says, as far as so many of its answers.
pub(crate) fn play(
    guide: &Arc<Guide>,
    method: &Method,
    start: Start,
    scenario: &Scenario,
    answers: usize,
) -> Flow {
    let mut flow = Flow::new(Arc::clone(guide), method.key.as_str(), start).expect("the method is there");
    flow.submit_all(&hidden(&scenario.given));
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

/// The first scenario that ends so.
pub(crate) fn ending(method: &Method, wanted: impl Fn(OutcomeKind) -> bool) -> Option<&Scenario> {
    method.scenarios.iter().find(|one| !one.agrees && wanted(one.then.outcome))
}

/// Values as secrets.
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
