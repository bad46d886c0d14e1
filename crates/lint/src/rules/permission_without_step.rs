//! An outcome rule for a missing permission that does not point to a step.

use guide::{CodePage, Finding, Method, OutcomeKind, OutcomeRule, Severity};

use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0350",
    name: "permission-without-step",
    severity: Severity::Warning,
    summary: "A rule for a missing permission does not lead to a step",
    why: "entering the same values again changes nothing; people have to go where permissions are granted",
    help: "set `return_to` to the step that grants the permission",
    bad: "- { key: forbidden, when: { status: 403 }, is: missing_permission }",
    good: "- { key: forbidden, when: { status: 403 }, is: missing_permission, return_to: grant-permission }",
};

pub(super) fn check(_: &Subject<'_>, _: &Method, rule: &OutcomeRule, findings: &mut Vec<Finding>) {
    let leads = rule.return_to.is_some() || rule.at_field.is_some();
    if rule.is == OutcomeKind::MissingPermission && !leads {
        let message = format!("`{}` does not lead to a step that grants the permission", rule.key);
        findings.push(Finding::new(&PAGE, rule.span, message));
    }
}
