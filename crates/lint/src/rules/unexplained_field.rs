//! A strict field that does not explain what it accepts.

use guide::{CodePage, Field, Finding, Method, Severity};

use crate::bindings::changes_input;
use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0345",
    name: "unexplained-field",
    severity: Severity::Warning,
    summary: "A field changes or validates its input, but has neither a description nor a placeholder",
    why: "people learn what the field accepts only after they get it wrong",
    help: "add a one-sentence `description`, or a `placeholder` that shows the format",
    bad: "label: Subdomain
pattern: '[a-z0-9]+'",
    good: "label: Subdomain
description: The part of your address before acme.example.
placeholder: my-shop
pattern: '[a-z0-9]+'",
};

pub(super) fn check(_: &Subject<'_>, _: &Method, field: &Field, findings: &mut Vec<Finding>) {
    let is_strict = field.pattern.is_some() || changes_input(field);
    if is_strict && field.description.is_none() && field.placeholder.is_none() {
        let message = format!("nothing explains what `{}` accepts", field.key);
        findings.push(Finding::new(&PAGE, field.span, message));
    }
}
