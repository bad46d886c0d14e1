//! An outcome rule that blames a field that only an admin fills in.

use guide::{CodePage, Finding, Method, OutcomeKind, OutcomeRule, Severity};

use crate::bindings::is_only_in_setup;
use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0366",
    name: "blamed-setup",
    severity: Severity::Warning,
    summary: "A rule blames a field that only the setup guide collects",
    why: "the person who links an account never sees the field, so the message asks them to correct a value that they did not enter",
    help: "remove the field, and send the person to a step with `return_to`; if an admin must act, use `is: misconfigured`",
    bad: "- { key: refused, when: { status: 401 }, is: wrong_secret, at_field: client_secret }",
    good: "- { key: refused, when: { status: 401 }, is: expired, return_to: sign-in }",
};

pub(super) fn check(_: &Subject<'_>, method: &Method, rule: &OutcomeRule, findings: &mut Vec<Finding>) {
    // This outcome is for the admin, who can correct the field.
    if rule.is == OutcomeKind::Misconfigured {
        return;
    }
    let mut blamed = rule.at_field.iter().chain(&rule.or_fields);
    if let Some(field) = blamed.find(|field| is_only_in_setup(method, field)) {
        let message = format!("`{}` blames `{field}`, which only an admin enters", rule.key);
        findings.push(Finding::new(&PAGE, rule.span, message));
    }
}
