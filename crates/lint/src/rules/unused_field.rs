//! A field that no request or condition uses.

use guide::{CodePage, Finding, Severity};

use crate::bindings::{conditions, requested};
use crate::rule::{Rule, Subject};

pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0307",
    name: "unused-field",
    severity: Severity::Warning,
    summary: "Neither a request nor a condition uses a field that is not a secret",
    why: "every question makes some people give up, and this one has no effect",
    help: "use the field, or remove it",
    bad: "fields:
  - { key: region, label: Region, type: text }",
    good: "base_url: 'https://{{ value.region }}.api.acme.example'",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for method in &subject.guide.methods {
        let (requested, asked) = (requested(method), conditions(method));
        let used = |key| requested.contains(key) || asked.iter().any(|(field, _)| *field == key);
        for field in method.fields.iter().filter(|field| !field.secret && !used(&field.key)) {
            let message = format!("nothing uses the value of `{}`", field.key);
            findings.push(Finding::new(&PAGE, field.span, message));
        }
    }
}
