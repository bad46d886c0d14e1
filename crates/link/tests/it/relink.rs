//! Tests that linking an account again finds the same account, unless a different one is allowed.

use link::{Purpose, Start};

use crate::{MOMENT, ann, entered, flow, live, sent, stage};

#[test]
fn a_relink_must_find_the_same_account() {
    let relink = |allow_different| Start {
        purpose: Purpose::Relink { external_id: Some("8".to_owned()), allow_different },
        ..live()
    };
    for (allow_different, expected) in
        [(false, "failed different_account [retry, go find]"), (true, "checking 2")]
    {
        let mut flow = flow(relink(allow_different));
        flow.submit_all(&entered(&[("site", "eu"), ("token", "t")]));
        let id = sent(&mut flow);
        flow.answered(id, &ann(), 0);
        assert_eq!(stage(&flow), expected);
    }
}

#[test]
fn an_account_that_someone_else_linked_in_the_meantime_is_not_replaced_unnoticed() {
    let confirming = || {
        let mut flow = flow(live());
        flow.submit_all(&entered(&[("site", "eu"), ("token", "t")]));
        for _ in 0..2 {
            let id = sent(&mut flow);
            flow.answered(id, &ann(), 0);
        }
        assert_eq!(stage(&flow), "confirm Ann");
        flow
    };
    let theirs =
        |id: &str, allow_different| Purpose::Relink { external_id: Some(id.to_owned()), allow_different };
    let mut refused = confirming();
    refused.relink(theirs("8", false));
    assert!(stage(&refused).starts_with("failed different_account"), "{}", stage(&refused));
    refused.confirm(true);
    assert!(refused.poll(MOMENT).is_none(), "a different account was stored");
    for (id, allow_different) in [("8", true), ("7", false)] {
        let mut allowed = confirming();
        allowed.relink(theirs(id, allow_different));
        assert_eq!(stage(&allowed), "confirm Ann");
    }
}
