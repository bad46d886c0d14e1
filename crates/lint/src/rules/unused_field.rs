//! A field that no request or condition uses.

use guide::{CodePage, Finding, Method, Severity};

use crate::bindings::{requested, tested};
use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0307",
    name: "unused-field",
    severity: Severity::Warning,
    summary: "A field that is not secret is not used by any request or condition",
    why: "every question makes some people give up, and this question has no effect",
    help: "use the field, or remove it",
    bad: "fields:
  - { key: region, label: Region, type: text }",
    good: "base_url: 'https://{{ value.region }}.api.acme.example'",
};

pub(super) fn check(_: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    let (requested, tested) = (requested(method), tested(method).collect::<Vec<_>>());
    let is_used = |key| requested.contains(key) || tested.contains(&key);
    for field in method.fields.iter().filter(|field| !field.secret && !is_used(&field.key)) {
        let message = format!("nothing uses the value of `{}`", field.key);
        findings.push(Finding::new(&PAGE, field.span, message));
    }
}
