//! A field whose rules no example tests.

use guide::{CodePage, Field, Finding, Method, Severity};

use crate::bindings::changes_input;
use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0329",
    name: "untried-field",
    severity: Severity::Warning,
    summary: "A field changes or validates its input, but has no examples",
    why: "a pattern that refuses a valid value goes unnoticed until someone cannot continue",
    help: "add `examples`: a value that people might paste, with its normalized form, and a value that is refused",
    bad: "accept: [trim, lowercase]
pattern: '[a-z]+'",
    good: "accept: [trim, lowercase]
pattern: '[a-z]+'
examples:
  - { typed: ' Acme ', becomes: acme }
  - { typed: 'acme!', refused: pattern }",
};

pub(super) fn check(_: &Subject<'_>, _: &Method, field: &Field, findings: &mut Vec<Finding>) {
    let rules = match (changes_input(field), field.pattern.is_some()) {
        (true, true) => "`accept` and `pattern`",
        (true, false) => "`accept`",
        (false, true) => "`pattern`",
        (false, false) => return,
    };
    if field.examples.is_empty() {
        let message = format!("`{}` has no example that tests {rules}", field.key);
        findings.push(Finding::new(&PAGE, field.span, message));
    }
}
