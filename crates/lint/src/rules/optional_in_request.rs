//! A request that uses a field that can be empty.

use guide::{CodePage, Finding, Method, Severity, Target};

use crate::bindings::{origins, templates};
use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0336",
    name: "optional-in-request",
    severity: Severity::Error,
    summary: "A request uses a field that can be empty",
    why: "the request cannot be made without the value, so linking fails for anyone who leaves the field empty",
    help: "make the field required, give it a `default`, or remove it from the request",
    bad: "- key: team
  required: false
base_url: 'https://{{ value.team }}.acme.example'",
    good: "- key: team
base_url: 'https://{{ value.team }}.acme.example'",
};

pub(super) fn check(_: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    for reference in templates(method).into_iter().flat_map(guide::Template::references) {
        let Target::Value(key) = &reference.target else { continue };
        let source = origins(method, key).into_iter().find_map(|key| method.field(key.as_str()));
        let Some(field) = source else { continue };
        let why = match (&field.default, field.required, &field.when) {
            (None, false, _) => "this field is not required",
            (None, true, Some(_)) => "this field has a condition",
            (Some(_), ..) | (None, true, None) => continue,
        };
        let message = format!("this request uses `{key}`, which can be empty");
        findings.push(Finding::new(&PAGE, reference.span, message).also(field.span, why));
    }
}
