//! Tests that linking an account again finds the same account, unless a different one is allowed.

use link::{Flow, Purpose, Start};

use crate::{GUIDE, MOMENT, ann, entered, flow, live, read, sent, stage};

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

#[test]
fn an_id_of_the_credentials_does_not_identify_another_account() {
    let guide =
        GUIDE.replace("name: '{{ json.name }}' }", "name: '{{ json.name }}', identifies: credential }");
    for (guide, external_id, expected) in [
        (GUIDE, Some("7"), "checking 2"),
        (GUIDE, Some("8"), "failed different_account [retry, go find]"),
        (GUIDE, None, "checking 2"),
        (&*guide, Some("8"), "checking 2"),
    ] {
        let purpose = Purpose::Relink { external_id: external_id.map(str::to_owned), allow_different: false };
        let mut flow = Flow::new(read(guide), "api-key", Start { purpose, ..live() }).expect("a method");
        flow.submit_all(&entered(&[("site", "eu"), ("token", "t")]));
        let id = sent(&mut flow);
        flow.answered(id, &ann(), 0);
        assert_eq!(stage(&flow), expected, "{external_id:?}");
    }
}
