//! A value that is made and never typed in.

use guide::{CodePage, Finding, Severity};

use crate::bindings::{collecting, obtaining};
use crate::place;
use crate::rule::{Rule, Subject};

/// The rule.
pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0304",
    name: "obtained-and-lost",
    severity: Severity::Error,
    summary: "A step obtains a field that no step collects",
    why: "the person would hold the value in their hands with nowhere to put it",
    mend: "add the field to `collects` of this step or of a later one",
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
                let message = format!(
                    "`{}` is made at the step `{}`, and no step collects it",
                    field.key, stop.step.key
                );
                let found = Finding::new(&PAGE, place::head(&subject.guide.source, stop.step.span), message)
                    .label("made here")
                    .also(field.span, "the field");
                findings.push(found);
            }
        }
    }
}
