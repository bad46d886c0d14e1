//! An identity check that is allowed to fail.

use guide::{CodePage, Finding, Method, Role, Severity};

use crate::place;
use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0312",
    name: "optional-identity",
    severity: Severity::Error,
    summary: "The identity check is not required",
    why: "an account could be saved without anyone knowing whose it is",
    help: "remove `required: false`",
    bad: "role: identity
required: false",
    good: "role: identity",
};

pub(super) fn check(subject: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    for check in &method.checks {
        if check.role == Role::Identity && !check.required {
            let span = place::after(&subject.guide.source, check.span, "required: false");
            let message = format!("the identity check `{}` is not required", check.key);
            findings.push(Finding::new(&PAGE, span, message));
        }
    }
}
