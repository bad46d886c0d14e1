//! A field whose rules no example tests.

use guide::{Accept, CodePage, Finding, Severity};

use crate::rule::{Rule, Subject};

pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0329",
    name: "untried-field",
    severity: Severity::Warning,
    summary: "A field changes or validates its input, but has no examples",
    why: "a pattern that refuses a valid value goes unnoticed until someone cannot continue",
    help: "add `examples`: a value that people paste with its normalized form, and a value that is refused",
    bad: "accept: [trim, lowercase]
pattern: '[a-z]+'",
    good: "accept: [trim, lowercase]
pattern: '[a-z]+'
examples:
  - { typed: ' Acme ', becomes: acme }
  - { typed: 'acme!', refused: pattern }",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for field in subject.guide.methods.iter().flat_map(|method| &method.fields) {
        // Trimming white space is too simple to need an example.
        let changes = field.accept.iter().any(|accept| *accept != Accept::Trim);
        if !field.examples.is_empty() || !(changes || field.pattern.is_some()) {
            continue;
        }
        let rules = match (changes, field.pattern.is_some()) {
            (true, true) => "`accept` and `pattern`",
            (true, false) => "`accept`",
            (false, _) => "`pattern`",
        };
        findings.push(Finding::new(
            &PAGE,
            field.span,
            format!("no example tests {rules} of `{}`", field.key),
        ));
    }
}
