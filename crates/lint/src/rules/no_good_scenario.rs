//! A method without a scenario that succeeds.

use guide::{CodePage, Finding, OutcomeKind, Severity};

use crate::rule::{Rule, Subject};

pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0313",
    name: "no-good-scenario",
    severity: Severity::Warning,
    summary: "No scenario of a method ends in `ok`",
    why: "scenarios are the guide's tests and the simulator's data; without a successful one, neither shows a link that works",
    help: "add a scenario with successful answers and `then: { outcome: ok, … }`",
    bad: "scenarios: []",
    good: "scenarios:
  - name: the right token
    given: { api_token: right-token }
    talk:
      - { request: GET /me, response: { status: 200, json: { id: a1, name: Acme } } }
    then: { outcome: ok, account: { id: a1, name: Acme } }",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for method in &subject.guide.methods {
        // Without a check, a link proves nothing, so a scenario has nothing to show.
        if method.checks.is_empty() || method.scenarios.iter().any(|one| one.then.outcome == OutcomeKind::Ok)
        {
            continue;
        }
        let message = match method.scenarios.as_slice() {
            [] => format!("the method `{}` has no scenario", method.key),
            _ => format!("no scenario of the method `{}` ends in `ok`", method.key),
        };
        findings.push(Finding::new(&PAGE, method.span, message));
    }
}
