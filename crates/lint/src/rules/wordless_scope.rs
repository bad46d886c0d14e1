//! A scope without a description.

use guide::{CodePage, Finding, Severity};

use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0352",
    name: "wordless-scope",
    severity: Severity::Warning,
    summary: "A scope has no description",
    why: "people are asked to grant the scope, but its name does not tell them what it allows",
    help: "explain in `description` what the scope allows",
    bad: "- { name: 'tickets:rw' }",
    good: "- { name: 'tickets:rw', description: Read and answer tickets }",
};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for scope in subject.guide.scopes.iter().filter(|scope| scope.description.is_none()) {
        let message = format!("nothing says what the scope `{}` allows", scope.name);
        findings.push(Finding::new(&PAGE, scope.span, message));
    }
}
