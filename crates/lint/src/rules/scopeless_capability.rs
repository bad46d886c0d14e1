//! A capability check that names no scopes.

use guide::{CodePage, Finding, Method, Role, Severity};

use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0353",
    name: "scopeless-capability",
    severity: Severity::Warning,
    summary: "A capability check does not name the scopes it proves",
    why: "if the check fails, nobody can be told which permission is missing or which actions will not work",
    help: "list the scopes in `scopes`, and declare them with the provider's names in the guide's top-level `scopes`",
    bad: "- { key: can-read, role: capability, request: GET /tickets }",
    good: "- { key: can-read, role: capability, request: GET /tickets, scopes: tickets.read }",
};

pub(super) fn check(_: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    for check in &method.checks {
        if check.role == Role::Capability && check.scopes.is_empty() {
            let message = format!("the capability check `{}` names no scopes", check.key);
            findings.push(Finding::new(&PAGE, check.span, message));
        }
    }
}
