//! Tests that checks that take too long end with a verdict.

use link::Effect;

use crate::{MOMENT, ann, entered, flow, live, response, sent, stage};

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
