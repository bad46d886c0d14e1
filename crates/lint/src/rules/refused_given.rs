//! A scenario that gives a value its field refuses.

use guide::{CodePage, Finding, Severity};

use crate::place;
use crate::rule::{Rule, Subject};

pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0316",
    name: "refused-given",
    severity: Severity::Error,
    summary: "A scenario gives a value that its field refuses",
    why: "the form would not accept it, so the conversation could never take place",
    help: "give a value that the field accepts, and show refused values in the field's `examples`",
    bad: "fields:
  - { key: slug, label: Slug, type: text, pattern: '[a-z]+', … }
scenarios:
  - given: { slug: ACME }",
    good: "scenarios:
  - given: { slug: acme }",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for method in &subject.guide.methods {
        for scenario in &method.scenarios {
            for (key, typed) in &scenario.given {
                let Some(field) = method.field(key.as_str()) else { continue };
                let Err(refused) = field.keep(typed, &method.environments) else { continue };
                let span = place::after(&subject.guide.source, scenario.span, typed);
                let message = format!("the scenario `{}` gives a value that `{key}` refuses", scenario.name);
                findings.push(
                    Finding::new(&PAGE, span, message).label(format!("the form would say: {}", refused.says)),
                );
            }
        }
    }
}
