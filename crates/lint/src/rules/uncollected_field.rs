//! A field that nobody can type in.

use guide::{CodePage, Finding, Severity};

use crate::bindings::{collecting, obtaining};
use crate::place;
use crate::rule::{Rule, Subject};
use crate::texts;

/// The rule.
pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0302",
    name: "uncollected-field",
    severity: Severity::Error,
    summary: "No step collects a field",
    why: "the form is made of the steps, so the value could never be typed in, and the link would fail at the first request",
    mend: "add the field to `collects` of the step at which it is typed in",
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

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for method in &subject.guide.methods {
        for field in &method.fields {
            // A value that is made somewhere and never typed in is another rule's: it knows where.
            if !collecting(method, &field.key).is_empty() || !obtaining(method, &field.key).is_empty() {
                continue;
            }
            let need = if field.required { "must be filled in" } else { "can be filled in" };
            let message = format!("`{}` {need}, and no step collects it", field.key);
            let mut found = Finding::new(&PAGE, field.span, message);
            let late = texts::steps(method).find(|step| step.collects.contains(&field.key));
            if let Some(step) = late {
                found = found
                    .also(place::head(&subject.guide.source, step.span), "this step is read only after linking")
                    .mend("collect it in a section that leads to the credentials: one with `purpose: obtain`, or none");
            }
            findings.push(found);
        }
    }
}
