//! A method without an identity check.

use guide::{CodePage, Finding, Method, Role, Severity};

use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
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

pub(super) fn check(_: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    if method.checks.iter().all(|check| check.role != Role::Identity) {
        let key = &method.key;
        let (span, message) = match method.checks.first() {
            None => (
                method.span,
                format!("the method `{key}` has no checks, so nothing verifies that a link works"),
            ),
            Some(first) => (first.span, format!("no check of the method `{key}` identifies the account")),
        };
        findings.push(Finding::new(&PAGE, span, message));
    }
}
