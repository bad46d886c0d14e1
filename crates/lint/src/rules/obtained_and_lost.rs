//! A value that is obtained but never collected.

use guide::{CodePage, Field, Finding, Method, Severity};

use crate::bindings::{collecting, obtaining};
use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0304",
    name: "obtained-and-lost",
    severity: Severity::Error,
    summary: "A step obtains a field that no step collects",
    why: "people would have the value but nowhere to enter it",
    help: "add the field to the `collects` list of this step or a later step",
    bad: "- key: create-token
  obtains: api_token",
    good: "- key: create-token
  obtains: api_token
- key: enter-token
  collects: api_token",
};

pub(super) fn check(subject: &Subject<'_>, method: &Method, field: &Field, findings: &mut Vec<Finding>) {
    let obtaining = obtaining(method, &field.key);
    if let Some(stop) = obtaining.first().filter(|_| collecting(method, &field.key).is_empty()) {
        let message =
            format!("the step `{}` obtains `{}`, but no step collects it", stop.step.key, field.key);
        let found = Finding::new(&PAGE, subject.guide.source.first_line(stop.step.span), message);
        findings.push(found.label("obtained here").also(field.span, "declared here"));
    }
}
