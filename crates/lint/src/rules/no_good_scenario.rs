//! A method that was never seen to work.

use guide::{CodePage, Finding, OutcomeKind, Severity};

use crate::rule::{Rule, Subject};

/// The rule.
pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0313",
    name: "no-good-scenario",
    severity: Severity::Warning,
    summary: "No scenario of a method ends in `ok`",
    why: "scenarios are the tests of a guide and the data of its simulator; without a good one neither shows a link that works",
    mend: "add a scenario with good answers and `then: { outcome: ok, … }`",
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
        // A link without a check proves nothing, and so there is nothing to show.
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
