//! A placeholder that its own field refuses.

use guide::{CodePage, FieldType, Finding, Severity};

use crate::place;
use crate::rule::{Rule, Subject};

pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0343",
    name: "refused-placeholder",
    severity: Severity::Warning,
    summary: "A field refuses its own placeholder",
    why: "people follow the example in the form and are then told that it is wrong",
    help: "write nothing but a valid value; `…` can replace the rest of a long one",
    bad: "pattern: '[a-z]+'
placeholder: 'Example: acme'",
    good: "pattern: '[a-z]+'
placeholder: acme",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for method in &subject.guide.methods {
        for field in method.fields.iter().filter(|field| field.kind != FieldType::Select) {
            let Some(placeholder) = &field.placeholder else { continue };
            if placeholder.trim().is_empty() || placeholder.contains('…') || placeholder.contains("...") {
                continue;
            }
            let Err(refused) = field.keep(placeholder, &method.environments) else { continue };
            let span = place::after(&subject.guide.source, field.span, placeholder);
            let message = format!("`{}` refuses its own placeholder", field.key);
            findings.push(
                Finding::new(&PAGE, span, message).label(format!("the form would say: {}", refused.says)),
            );
        }
    }
}
