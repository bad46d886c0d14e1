//! A scope that nothing uses.

use guide::{CodePage, Finding, Guide, Severity};

use crate::rule::Subject;
use crate::texts;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0334",
    name: "unused-scope",
    severity: Severity::Warning,
    summary: "A scope is not used by any action, section, step or check",
    why: "people would be asked for a permission that nothing needs, or see the permission in a list and wonder why it is there",
    help: "list the scope where it is needed, or remove it",
    bad: "scopes:
  - { name: tickets.delete }",
    good: "scopes:
  - { name: tickets.read }
actions:
  - { key: list-tickets, label: List tickets, scopes: [tickets.read] }",
};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let used = used(subject.guide);
    for scope in subject.guide.scopes.iter().filter(|scope| !used.contains(&scope.name.as_str())) {
        findings.push(Finding::new(&PAGE, scope.span, format!("nothing uses the scope `{}`", scope.name)));
    }
}

fn used(guide: &Guide) -> Vec<&str> {
    let included = guide.scopes.iter().flat_map(|scope| &scope.includes);
    let by_actions = guide.actions.iter().flat_map(|action| &action.scopes);
    let by_methods = guide.methods.iter().flat_map(|method| {
        let sections = texts::sections(method).flat_map(|section| &section.scopes);
        let steps = texts::steps(method).flat_map(|step| &step.scopes);
        sections.chain(steps).chain(method.checks.iter().flat_map(|check| &check.scopes))
    });
    included.chain(by_actions).chain(by_methods).map(String::as_str).collect()
}
