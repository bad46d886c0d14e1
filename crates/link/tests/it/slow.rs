//! Tests that checks that take too long end with a verdict.

use link::{Effect, Flow};
use probe::Moment;

use crate::{GUIDE, MOMENT, ann, entered, flow, live, read, response, sent, stage};

#[test]
fn checks_that_take_too_long_end_with_the_verdict_on_the_last_request() {
    for (failure, expected) in [
        (response(429, ""), "failed throttled [retry, go find]"),
        (response(500, ""), "failed provider_down [retry, go find]"),
    ] {
        let mut flow = flow(live());
        flow.submit_all(&entered(&[("site", "eu"), ("token", "t")]));
        let id = sent(&mut flow);
        flow.answered(id, &failure, 0);
        assert_eq!(stage(&flow), "checking 1");
        flow.give_up_checks();
        assert_eq!(stage(&flow), expected);
        assert!(flow.poll(MOMENT).is_none(), "a wait or a request is still due");
    }
    // The verdict on one request does not become the verdict on the next request.
    let mut flow = flow(live());
    flow.submit_all(&entered(&[("site", "eu"), ("token", "t")]));
    let id = sent(&mut flow);
    flow.answered(id, &response(429, ""), 0);
    assert!(matches!(flow.poll(MOMENT), Some(Effect::WaitUntil(_))));
    flow.elapsed(100);
    let id = sent(&mut flow);
    flow.answered(id, &ann(), 100);
    assert_eq!(stage(&flow), "checking 2");
    flow.give_up_checks();
    assert_eq!(stage(&flow), "failed unreachable [retry, go find]");
}

#[test]
fn each_request_has_its_own_attempts() {
    let mut flow = flow(live());
    flow.submit_all(&entered(&[("site", "eu"), ("token", "t")]));
    let mut now = 0;
    for (n, is_last) in [false, false, true, false, false, true].into_iter().enumerate() {
        let id = sent(&mut flow);
        flow.answered(id, &if is_last { ann() } else { response(500, "") }, now);
        if !is_last {
            let Some(Effect::WaitUntil(until)) = flow.poll(MOMENT) else { panic!("{n}: {}", stage(&flow)) };
            now = until;
            flow.elapsed(now);
        }
    }
    assert_eq!(stage(&flow), "confirm Ann");
}

#[test]
fn a_response_to_an_earlier_request_is_ignored() {
    let mut flow = flow(live());
    flow.submit_all(&entered(&[("site", "eu"), ("token", "t")]));
    let first = sent(&mut flow);
    flow.answered(first, &ann(), 0);
    let second = sent(&mut flow);
    flow.answered(first, &response(401, ""), 0);
    assert_eq!(stage(&flow), "checking 2");
    flow.answered(second, &ann(), 0);
    assert_eq!(stage(&flow), "confirm Ann");
}

#[test]
fn a_request_contains_the_time_at_which_it_is_sent() {
    let with_time = "request: { line: GET /me, headers: { X-At: '{{ now.unix }}' } }";
    let guide = read(&GUIDE.replace("request: GET /me", with_time));
    let mut flow = Flow::new(guide, "api-key", live()).expect("a method");
    flow.submit_all(&entered(&[("site", "eu"), ("token", "t")]));
    let Some(Effect::Send { request, .. }) = flow.poll(Moment { unix_ms: 5_000, ..MOMENT }) else {
        panic!("{}", stage(&flow))
    };
    let header = request.headers.iter().find(|header| header.name == "x-at").expect("a header");
    assert_eq!(header.value.expose(), "5");
}
