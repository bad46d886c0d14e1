//! A method whose outcome rules do not cover a refused credential.

use guide::{CodePage, Finding, Method, OutcomeKind, OutcomeRule, Severity};

use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0349",
    name: "no-refusal-rule",
    severity: Severity::Warning,
    summary: "A method has outcome rules, but none for a refused credential",
    why: "an incorrect or revoked credential is the most common failure, and only the guide can explain where to get a valid credential",
    help: "add a rule for the status that the provider returns for a refused credential, usually 401 or 403",
    bad: "outcomes:
  - { key: busy, when: { status: 429 }, is: throttled }",
    good: "outcomes:
  - { key: refused, when: { status: 401 }, is: wrong_secret, at_field: api_token, … }
  - { key: busy, when: { status: 429 }, is: throttled }",
};

pub(super) fn check(_: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    // A method without rules of its own is not reported, because a check's rules cover only that check.
    let first = method.outcomes.first().filter(|_| !method.all_outcomes().any(is_refusal));
    if let Some(first) = first {
        let message = format!("no outcome rule of `{}` covers a refused credential", method.key);
        findings.push(Finding::new(&PAGE, first.span, message));
    }
}

fn is_refusal(rule: &OutcomeRule) -> bool {
    let kind = matches!(
        rule.is,
        OutcomeKind::WrongSecret
            | OutcomeKind::WrongUser
            | OutcomeKind::MissingPermission
            | OutcomeKind::Expired
            | OutcomeKind::Disabled
    );
    let statuses = rule.when.iter().flat_map(|when| &when.status);
    kind || statuses.copied().any(|status| matches!(status, 401 | 403))
}
