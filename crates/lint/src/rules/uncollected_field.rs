//! A field that no step collects.

use guide::{CodePage, Field, Finding, Method, Severity};

use crate::bindings::{collecting, obtaining};
use crate::rule::Subject;
use crate::texts;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0302",
    name: "uncollected-field",
    severity: Severity::Error,
    summary: "A field is not collected by any step",
    why: "the form consists of the steps, so nobody could enter the value, and linking would fail at the first request",
    help: "add the field to the `collects` list of the step where people enter it",
    bad: "fields:
  - { key: api_token, label: API Token, type: secret }
steps:
  - key: create-token",
    good: "fields:
  - { key: api_token, label: API Token, type: secret }
steps:
  - key: create-token
    collects: api_token",
};

pub(super) fn check(subject: &Subject<'_>, method: &Method, field: &Field, findings: &mut Vec<Finding>) {
    // If a step obtains the value, another rule reports the field, because that rule can point to the step.
    if !collecting(method, &field.key).is_empty() || !obtaining(method, &field.key).is_empty() {
        return;
    }
    let kind = if field.required { "required" } else { "optional" };
    let message = format!("no step collects the {kind} field `{}`", field.key);
    let mut found = Finding::new(&PAGE, field.span, message);
    if let Some(step) = texts::steps(method).find(|step| step.collects.contains(&field.key)) {
        let span = subject.guide.source.first_line(step.span);
        found = found
            .also(span, "this step is shown only after linking")
            .help("collect it in a section with `purpose: obtain` or no `purpose`");
    }
    findings.push(found);
}
