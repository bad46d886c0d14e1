//! A placeholder that its own field would reject as a value.

use guide::{CodePage, Field, FieldType, Finding, Method, Severity};

use crate::place;
use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0343",
    name: "refused-placeholder",
    severity: Severity::Warning,
    summary: "A field refuses its own placeholder",
    why: "people follow the example in the form and are then told that it is wrong",
    help: "write only a valid value; `…` can stand for the rest of a long value",
    bad: "pattern: '[a-z]+'
placeholder: 'Example: acme'",
    good: "pattern: '[a-z]+'
placeholder: acme",
};

pub(super) fn check(subject: &Subject<'_>, method: &Method, field: &Field, findings: &mut Vec<Finding>) {
    let placeholder = field.placeholder.as_ref().filter(|_| field.kind != FieldType::Select);
    let Some(placeholder) = placeholder else { return };
    if placeholder.trim().is_empty() || placeholder.contains('…') || placeholder.contains("...") {
        return;
    }
    if let Err(refused) = field.keep(placeholder, &method.environments) {
        let span = place::after(&subject.guide.source, field.span, placeholder);
        let found = Finding::new(&PAGE, span, format!("`{}` refuses its own placeholder", field.key));
        findings.push(found.label(format!("the form would say: {}", refused.says)));
    }
}
