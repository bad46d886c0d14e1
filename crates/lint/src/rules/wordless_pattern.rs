//! A pattern that is not described in words.

use guide::{CodePage, Finding, Severity};

use crate::place;
use crate::rule::{Rule, Subject};

pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0328",
    name: "wordless-pattern",
    severity: Severity::Warning,
    summary: "A field has a `pattern` but no `pattern_says`",
    why: "people whose value is refused would read only that it does not look right",
    help: r#"describe the valid values in `pattern_says`: "lowercase letters and digits""#,
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
            format!("the pattern of `{}` is not described in words", field.key),
        ));
    }
}
