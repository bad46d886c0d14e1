//! A permission that only the provider's engineers understand.

use guide::{CodePage, Finding, Severity};

use crate::rule::{Rule, Subject};

/// The rule.
pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0352",
    name: "wordless-scope",
    severity: Severity::Warning,
    summary: "A scope has no description",
    why: "people are asked to grant it, and cannot tell from its name what they give away",
    mend: "say in `description` what it lets somebody do",
    bad: "- { name: 'tickets:rw' }",
    good: "- { name: 'tickets:rw', description: Read and answer tickets }",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for scope in subject.guide.scopes.iter().filter(|scope| scope.description.is_none()) {
        let message = format!("nothing says what `{}` lets somebody do", scope.name);
        findings.push(Finding::new(&PAGE, scope.span, message));
    }
}
