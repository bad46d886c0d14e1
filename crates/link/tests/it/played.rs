//! Runs flows with scripted responses.

use link::{Effect, Flow};
use probe::{Moment, Request};

use crate::response;

/// Runs the flow and responds to each request with the next status and body at the given Unix time. Returns a
/// description of every request.
pub(crate) fn play(
    flow: &mut Flow,
    answers: &[(i64, u16, &str)],
    describe: impl Fn(&Request) -> String,
) -> Vec<String> {
    let mut sent = Vec::new();
    let mut answers = answers.iter();
    let mut now = 0;
    while let Some(effect) = flow.poll(Moment { unix_ms: now * 1000, nonce: [0; 16] }) {
        match effect {
            Effect::Send { id, request } => {
                sent.push(describe(&request));
                let Some((at, status, body)) = answers.next() else { panic!("unexpected request: {sent:?}") };
                now = *at;
                flow.answered(id, &response(*status, body), now);
            }
            Effect::WaitUntil(moment) => {
                now = moment;
                flow.elapsed(now);
            }
            Effect::Store(_) => panic!("stored without confirmation"),
        }
    }
    assert_eq!(answers.next(), None, "missing request: {sent:?}");
    sent
}
