//! A field whose value the same person must enter twice.

use guide::{CodePage, Field, Finding, Method, Severity};

use crate::bindings::collecting;
use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0303",
    name: "collected-twice",
    severity: Severity::Error,
    summary: "Two steps that the same person sees collect the same field",
    why: "the person would be asked twice, and the second answer would replace the first",
    help: "keep the field in only one `collects` list, or give the steps `when` conditions that exclude each other",
    bad: "- key: create-token
  collects: api_token
- key: enter-token
  collects: api_token",
    good: "- key: create-token
  obtains: api_token
- key: enter-token
  collects: api_token",
};

pub(super) fn check(subject: &Subject<'_>, method: &Method, field: &Field, findings: &mut Vec<Finding>) {
    let source = &subject.guide.source;
    let stops = collecting(method, &field.key);
    for (n, second) in stops.iter().enumerate() {
        let span = source.first_line(second.step.span);
        if let Some(first) = stops[..n].iter().find(|first| first.can_meet(second)) {
            let message = format!("the step `{}` collects `{}` a second time", second.step.key, field.key);
            let found = Finding::new(&PAGE, span, message)
                .label("collected again here")
                .also(source.first_line(first.step.span), "first collected here");
            findings.push(found);
        }
        if second.step.collects.iter().filter(|key| **key == field.key).count() > 1 {
            let message = format!("the step `{}` lists `{}` twice in `collects`", second.step.key, field.key);
            findings.push(Finding::new(&PAGE, span, message).help("list it once"));
        }
    }
}
