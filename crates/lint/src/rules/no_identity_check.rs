//! A method without an identity check.

use guide::{CodePage, Finding, Role, Severity};

use crate::rule::{Rule, Subject};

pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0311",
    name: "no-identity-check",
    severity: Severity::Error,
    summary: "A method has no identity check",
    why: "without an identity, nobody can see which account was linked, or that a second link is to the same account",
    help: "add a check with `role: identity` and `account: { id: '{{ json.id }}', name: '{{ json.name }}' }`",
    bad: "checks: []",
    good: "checks:
  - key: me
    role: identity
    request: GET /me
    account: { id: '{{ json.id }}', name: '{{ json.name }}' }",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for method in &subject.guide.methods {
        if method.checks.iter().any(|check| check.role == Role::Identity) {
            continue;
        }
        let found = match method.checks.first() {
            None => {
                let message =
                    format!("the method `{}` has no checks, so nothing proves that a link works", method.key);
                Finding::new(&PAGE, method.span, message)
            }
            Some(first) => {
                let message = format!("no check of the method `{}` identifies the account", method.key);
                Finding::new(&PAGE, first.span, message)
            }
        };
        findings.push(found);
    }
}
