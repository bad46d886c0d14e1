//! A pattern that is not described in words.

use guide::{CodePage, Field, Finding, Method, Severity};

use crate::place;
use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0328",
    name: "wordless-pattern",
    severity: Severity::Warning,
    summary: "A field has a `pattern` but no `pattern_says`",
    why: "people whose value is refused would be told only that the value does not look right",
    help: r#"describe the valid values in `pattern_says`: "lowercase letters and digits""#,
    bad: "pattern: '[a-z0-9]+'",
    good: "pattern: '[a-z0-9]+'
pattern_says: lowercase letters and digits",
};

pub(super) fn check(subject: &Subject<'_>, _: &Method, field: &Field, findings: &mut Vec<Finding>) {
    if let Some(pattern) = field.pattern.as_ref().filter(|_| field.pattern_says.is_none()) {
        let span = place::after(&subject.guide.source, field.span, &pattern.text);
        let message = format!("the pattern of `{}` is not described in words", field.key);
        findings.push(Finding::new(&PAGE, span, message));
    }
}
