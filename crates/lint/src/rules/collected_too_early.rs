//! A field that is collected before the step that obtains it.

use guide::{CodePage, Field, Finding, Method, Severity};

use crate::bindings::stops;
use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0305",
    name: "collected-too-early",
    severity: Severity::Warning,
    summary: "A step collects a field before the step that obtains it",
    why: "the value isn't available yet at the first of the two steps",
    help: "collect the field at the step that obtains it or at a later step",
    bad: "- key: enter-token
  collects: api_token
- key: create-token
  obtains: api_token",
    good: "- key: create-token
  obtains: api_token
- key: enter-token
  collects: api_token",
};

pub(super) fn check(subject: &Subject<'_>, method: &Method, field: &Field, findings: &mut Vec<Finding>) {
    let source = &subject.guide.source;
    let mut stops = stops(method);
    let Some(first) = stops.find(|stop| stop.step.collects.contains(&field.key)) else { return };
    let later = stops.find(|stop| stop.step.obtains.contains(&field.key) && stop.can_meet(&first));
    if let Some(later) = later.filter(|_| !first.step.obtains.contains(&field.key)) {
        let message = format!("`{}` is collected before the step that obtains it", field.key);
        let found = Finding::new(&PAGE, source.first_line(first.step.span), message)
            .label("collected here")
            .also(source.first_line(later.step.span), "obtained only here");
        findings.push(found);
    }
}
