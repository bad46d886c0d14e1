//! Tests the guide's messages about missing access.

use link::{Effect, Flow, Stage};

use crate::{GUIDE, MOMENT, ann, entered, flow, live, read, response, sent, stage};

/// Returns a flow whose second check, which is optional, got a response with this status.
fn checked(status: u16) -> Flow {
    let mut flow = flow(live());
    flow.submit_form(Some("live"), &entered(&[("site", "eu"), ("token", "t")]));
    let id = sent(&mut flow);
    flow.answered(id, &ann(), 0);
    let id = sent(&mut flow);
    flow.answered(id, &response(status, ""), 0);
    flow
}

#[test]
fn a_missed_check_keeps_the_advice_of_the_rule_that_matched() {
    for (status, expected) in [(402, Some("no-more: More is off. Turn it on. (make)")), (403, None)] {
        let flow = checked(status);
        let Stage::Confirm { reports, .. } = flow.stage() else { panic!("{}", stage(&flow)) };
        let advice = reports.last().and_then(|report| report.advice.as_ref()).map(|advice| {
            let step = advice.return_to.as_ref().expect("a step");
            format!("{}: {} {} ({step})", advice.rule, advice.says, advice.fix)
        });
        assert_eq!(advice.as_deref(), expected, "{status}");
    }
}

#[test]
fn the_account_keeps_which_checks_passed_and_which_did_not() {
    for (status, expected) in [(200, "ok [me, more] []"), (403, "ok_limited [me] [more]")] {
        let mut flow = checked(status);
        flow.confirm(true);
        let Some(Effect::Store(linked)) = flow.poll(MOMENT) else { panic!("{}", stage(&flow)) };
        let keys = |keys: &[guide::Key]| keys.iter().map(guide::Key::as_str).collect::<Vec<_>>().join(", ");
        let found = format!("{} [{}] [{}]", linked.outcome, keys(&linked.proved), keys(&linked.missed));
        assert_eq!(found, expected);
        assert_eq!((linked.provider.as_str(), linked.method.as_str()), ("acme", "api-key"));
        assert_eq!(linked.environment.as_ref().map(guide::Key::as_str), Some("live"));
        assert_eq!(linked.guide_digest, flow.guide().digest);
    }
}

#[test]
fn a_rule_about_a_request_that_cannot_be_sent_is_kept() {
    let rule = "outcomes:\n      - { key: bad, when: { fails: refused }, is: unknown, says: Ask us., return_to: make }";
    for (text, expected) in [
        (
            GUIDE.to_owned(),
            "failed wrong_tenant [go find] Site doesn't lead to one of this provider's addresses.",
        ),
        (
            GUIDE.replace("outcomes:", rule),
            "failed unknown [go find] Site doesn't lead to one of this provider's addresses.",
        ),
    ] {
        let mut flow = Flow::new(read(&text), "api-key", live()).expect("a method");
        flow.submit_all(&entered(&[("site", "under_score"), ("token", "t")]));
        assert!(flow.poll(MOMENT).is_none());
        let Stage::Failed { verdict, .. } = flow.stage() else { panic!("{}", stage(&flow)) };
        assert_eq!(format!("{} {}", stage(&flow), &*verdict.says), expected);
    }
}
