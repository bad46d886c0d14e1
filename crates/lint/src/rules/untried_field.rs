//! A field whose rules were never tried.

use guide::{Accept, CodePage, Finding, Severity};

use crate::rule::{Rule, Subject};

/// The rule.
pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0329",
    name: "untried-field",
    severity: Severity::Warning,
    summary: "A field changes or judges what is typed, and has no examples",
    why: "a pattern that turns the right value away is found by the first person who cannot go on",
    mend: "add `examples`: one that people paste and what it becomes, and one that is refused",
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
        // Dropping white space at the ends is too plain to be got wrong.
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
            format!("no example tries {rules} of `{}`", field.key),
        ));
    }
}
