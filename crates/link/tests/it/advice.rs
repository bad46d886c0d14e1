//! Tests the guide's messages about missing access.

use link::Stage;

use crate::{ann, entered, flow, live, response, sent, stage};

#[test]
fn a_missed_check_keeps_the_advice_of_the_rule_that_matched() {
    for (status, expected) in [(402, Some("no-more: More is off. Turn it on. (make)")), (403, None)] {
        let mut flow = flow(live());
        flow.submit_form(Some("live"), &entered(&[("site", "eu"), ("token", "t")]));
        let id = sent(&mut flow);
        flow.answered(id, &ann(), 0);
        let id = sent(&mut flow);
        flow.answered(id, &response(status, ""), 0);
        let Stage::Confirm { reports, .. } = flow.stage() else { panic!("{}", stage(&flow)) };
        let advice = reports.last().and_then(|report| report.advice.as_ref()).map(|advice| {
            let step = advice.return_to.as_ref().expect("a step");
            format!("{}: {} {} ({step})", advice.rule, advice.says, advice.fix)
        });
        assert_eq!(advice.as_deref(), expected, "{status}");
    }
}
