//! An outcome rule that no scenario reaches.

use guide::{CodePage, Finding, Method, Severity};

use crate::conversation::reached;
use crate::rule::Subject;
use crate::rules::shadowed_outcome::shadow;

pub(super) const NAME: &str = "unreached-outcome";

pub(super) static PAGE: CodePage = CodePage {
    code: "W0309",
    name: NAME,
    severity: Severity::Warning,
    summary: "An outcome rule is not reached by any scenario",
    why: "a rule that has never matched may never match, and people would get a less helpful message",
    help: "add a scenario with a response that the rule matches, and name the rule in `then`",
    bad: "outcomes:
  - { key: not-in-plan, when: { status: 402 }, is: not_in_plan }",
    good: "scenarios:
  - name: a plan without the API
    given: { api_token: small-plan }
    talk:
      - { request: GET /me, response: { status: 402 } }
    then: { outcome: not_in_plan, rule: not-in-plan }",
};

pub(super) fn check(subject: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    // Without a check, no response is judged, so every rule would be reported for the same reason.
    if method.checks.is_empty() {
        return;
    }
    let reached = reached(subject.guide, method);
    for list in method.asks().map(|check| &check.outcomes).chain([&method.outcomes]) {
        for (n, rule) in list.iter().enumerate() {
            if !reached.contains(&rule.key) && shadow(&list[..n], rule).is_none() {
                let message = format!("no scenario reaches the outcome rule `{}`", rule.key);
                findings.push(Finding::new(&PAGE, rule.span, message));
            }
        }
    }
}
