//! A method without a scenario that succeeds.

use guide::{CodePage, Finding, Method, OutcomeKind, Severity};

use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0313",
    name: "no-good-scenario",
    severity: Severity::Warning,
    summary: "A method has no scenario that ends in `ok`",
    why: "scenarios are the guide's tests and the simulator's data; without a successful scenario, neither shows a link that succeeds",
    help: "add a scenario with successful responses and `then: { outcome: ok, … }`",
    bad: "scenarios: []",
    good: "scenarios:
  - name: the right token
    given: { api_token: right-token }
    talk:
      - { request: GET /me, response: { status: 200, json: { id: a1, name: Acme } } }
    then: { outcome: ok, account: { id: a1, name: Acme } }",
};

pub(super) fn check(_: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    let ends_in_ok = method.scenarios.iter().any(|scenario| scenario.then.outcome == OutcomeKind::Ok);
    // Without a check, linking does not verify the credentials, so a successful scenario would prove nothing.
    if !method.checks.is_empty() && !ends_in_ok {
        let message = match method.scenarios.as_slice() {
            [] => format!("the method `{}` has no scenarios", method.key),
            _ => format!("no scenario for the method `{}` ends in `ok`", method.key),
        };
        findings.push(Finding::new(&PAGE, method.span, message));
    }
}
