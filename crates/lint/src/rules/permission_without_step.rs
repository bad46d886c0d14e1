//! A lack of permission, and no word on where to get it.

use guide::{CodePage, Finding, OutcomeKind, Severity};

use crate::rule::{Rule, Subject};

/// The rule.
pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0350",
    name: "permission-without-step",
    severity: Severity::Warning,
    summary: "A rule says that a permission is missing, and leads to no step",
    why: "the values are right, so typing them again changes nothing; people have to go where permissions are given",
    mend: "name in `return_to` the step that gives the permission",
    bad: "- { key: forbidden, when: { status: 403 }, is: missing_permission }",
    good: "- { key: forbidden, when: { status: 403 }, is: missing_permission, return_to: give-permission }",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for rule in subject.guide.methods.iter().flat_map(guide::Method::all_outcomes) {
        let leads = rule.return_to.is_some() || rule.at_field.is_some();
        if rule.is == OutcomeKind::MissingPermission && !leads {
            let message = format!("`{}` does not lead to where the permission is given", rule.key);
            findings.push(Finding::new(&PAGE, rule.span, message));
        }
    }
}
