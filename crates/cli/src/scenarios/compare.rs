//! Compares the result of a scenario with the result that it expects.

use guide::{Key, OutcomeKind, Scenario};
use link::{CheckState, Flow, Stage};

/// Returns the differences between the actual and the expected result. The list is empty if the scenario passes.
pub(super) fn compare(flow: &Flow, scenario: &Scenario) -> Vec<String> {
    let then = &scenario.then;
    let mut problems = Vec::new();
    let mut check = |what: &str, expected: Option<&str>, actual: Option<&str>| {
        if expected.is_some() && expected != actual {
            let show = |text: Option<&str>| text.map_or("none".to_owned(), |text| format!("`{text}`"));
            problems.push(format!("{what}: expected {}, got {}", show(expected), show(actual)));
        }
    };
    let outcome = Some(then.outcome.as_str());
    let account_id = then.account.as_ref().map(|(id, _)| id.as_str());
    match flow.stage() {
        Stage::Confirm { identity, limited, reports } => {
            let missed = reports.iter().filter(|report| report.state == CheckState::Missed);
            let missed: Vec<&str> = missed.map(|report| report.check.as_str()).collect();
            let expected: Vec<&str> = then.missed.iter().map(Key::as_str).collect();
            if !expected.is_empty() {
                check("missed", Some(&expected.join(", ")), Some(&missed.join(", ")));
            }
            let kind = if limited { OutcomeKind::OkLimited } else { OutcomeKind::Ok };
            check("outcome", outcome, Some(kind.as_str()));
            check("account id", account_id, identity.map(|found| found.id.as_str()));
            let name = then.account.as_ref().and_then(|(_, name)| name.as_deref());
            check("account name", name, identity.map(|found| found.name.as_str()));
        }
        Stage::Failed { verdict, offers, .. } => {
            check("outcome", outcome, Some(verdict.outcome.as_str()));
            let key = Key::as_str;
            check("rule", then.rule.as_ref().map(key), verdict.rule.as_ref().map(key));
            check("at_field", then.at_field.as_ref().map(key), verdict.at_field.as_ref().map(key));
            check("return_to", then.return_to.as_ref().map(key), verdict.return_to.as_ref().map(key));
            check("account id", account_id, verdict.identity.as_ref().map(|found| found.id.as_str()));
            let belongs_to = offers.iter().find_map(|offer| match offer {
                link::Offer::SwitchTo(environment) => Some(environment.as_str()),
                _ => None,
            });
            check("environment", then.environment.as_ref().map(key), belongs_to);
            if outcome != Some(verdict.outcome.as_str()) {
                let cause = verdict.rule.as_ref().map_or_else(
                    || {
                        "no rule matches the response, and the response is not what the check expects"
                            .to_owned()
                    },
                    |rule| format!("the rule `{rule}` matches the response"),
                );
                problems.push(format!("why: {cause}"));
                // If no request was sent or no response was received, the excerpt says so.
                if let Some(answer) = verdict.quote.as_ref().and_then(|quote| quote.lines().next()) {
                    problems.push(format!("response: {answer}"));
                }
            }
        }
        Stage::Step(view) => {
            let says = view.problems.iter().map(|problem| &*problem.says).collect::<Vec<_>>().join("; ");
            problems.push(format!("no request was sent, because the given values are not valid: {says}"));
        }
        _ => problems.push("the flow did not finish".to_owned()),
    }
    problems
}
