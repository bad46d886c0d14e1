//! A pattern that people are not told.

use guide::{CodePage, Finding, Severity};

use crate::place;
use crate::rule::{Rule, Subject};

/// The rule.
pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0328",
    name: "wordless-pattern",
    severity: Severity::Warning,
    summary: "A field has a `pattern` and no `pattern_says`",
    why: "all that the person would read is that the value does not look right",
    mend: r#"say in `pattern_says` what the value has: "lowercase letters and digits""#,
    bad: "pattern: '[a-z0-9]+'",
    good: "pattern: '[a-z0-9]+'
pattern_says: lowercase letters and digits",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for field in subject.guide.methods.iter().flat_map(|method| &method.fields) {
        let Some(pattern) = field.pattern.as_ref().filter(|_| field.pattern_says.is_none()) else { continue };
        let span = place::after(&subject.guide.source, field.span, &pattern.text);
        findings.push(Finding::new(
            &PAGE,
            span,
            format!("the pattern of `{}` is not put into words", field.key),
        ));
    }
}
