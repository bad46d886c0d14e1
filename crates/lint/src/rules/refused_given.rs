//! A scenario that specifies a value that its field rejects.

use guide::{CodePage, Finding, Method, Severity};

use crate::place;
use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0316",
    name: "refused-given",
    severity: Severity::Error,
    summary: "A scenario gives a value that its field refuses",
    why: "the form would not accept these values, so the conversation could never take place",
    help: "give a value that the field accepts, and show refused values in the field's `examples`",
    bad: "fields:
  - { key: slug, label: Slug, type: text, pattern: '[a-z]+', … }
scenarios:
  - given: { slug: ACME }",
    good: "scenarios:
  - given: { slug: acme }",
};

pub(super) fn check(subject: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    for scenario in &method.scenarios {
        for (key, typed) in &scenario.given {
            let Some(field) = method.field(key.as_str()) else { continue };
            let Err(refused) = field.keep(typed, &method.environments) else { continue };
            let span = place::after(&subject.guide.source, scenario.span, typed);
            let message = format!("the scenario `{}` gives a value that `{key}` refuses", scenario.name);
            let found = Finding::new(&PAGE, span, message);
            findings.push(found.label(format!("the form would say: {}", refused.says)));
        }
    }
}
