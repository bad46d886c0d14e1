//! A proof of something that has no name.

use guide::{CodePage, Finding, Role, Severity};

use crate::rule::{Rule, Subject};

/// The rule.
pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0353",
    name: "scopeless-capability",
    severity: Severity::Warning,
    summary: "A capability check does not say which scopes it proves",
    why: "when it fails nobody can be told what is missing, nor which actions will not work",
    mend: "name the scopes in `scopes`; declare them under `scopes` of the guide, as the provider calls them",
    bad: "- { key: can-read, role: capability, request: GET /tickets }",
    good: "- { key: can-read, role: capability, request: GET /tickets, scopes: tickets.read }",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for check in subject.guide.methods.iter().flat_map(|method| &method.checks) {
        if check.role == Role::Capability && check.scopes.is_empty() {
            let message = format!("the capability that `{}` proves has no name", check.key);
            findings.push(Finding::new(&PAGE, check.span, message));
        }
    }
}
