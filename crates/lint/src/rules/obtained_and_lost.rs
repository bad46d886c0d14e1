//! A value that is obtained but never collected.

use guide::{CodePage, Finding, Severity};

use crate::bindings::{collecting, obtaining};
use crate::place;
use crate::rule::{Rule, Subject};

pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0304",
    name: "obtained-and-lost",
    severity: Severity::Error,
    summary: "A step obtains a field that no step collects",
    why: "people would have the value but nowhere to enter it",
    help: "add the field to `collects` of this step or a later one",
    bad: "- key: create-token
  obtains: api_token",
    good: "- key: create-token
  obtains: api_token
- key: enter-token
  collects: api_token",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for method in &subject.guide.methods {
        for field in method.fields.iter().filter(|field| collecting(method, &field.key).is_empty()) {
            if let Some(stop) = obtaining(method, &field.key).first() {
                let message =
                    format!("the step `{}` obtains `{}`, but no step collects it", stop.step.key, field.key);
                let found = Finding::new(&PAGE, place::head(&subject.guide.source, stop.step.span), message)
                    .label("obtained here")
                    .also(field.span, "declared here");
                findings.push(found);
            }
        }
    }
}
