//! Something typed was wrong, and nobody is told what.

use guide::{CodePage, Finding, OutcomeKind, Severity, listed};

use crate::rule::{Rule, Subject};

/// The rule.
pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0351",
    name: "fault-without-field",
    severity: Severity::Warning,
    summary: "A rule puts the failure down to what was typed, and names no field",
    why: "people are left before a form of values one of which is wrong, and change those that are right",
    mend: "name the field in `at_field`, and others that may be the cause in `or_fields`",
    bad: "- { key: no-such-shop, when: { status: 404 }, is: wrong_tenant }",
    good: "- { key: no-such-shop, when: { status: 404 }, is: wrong_tenant, at_field: shop }",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for method in &subject.guide.methods {
        let secrets = method.fields.iter().filter(|field| field.secret).count();
        for rule in method.all_outcomes().filter(|rule| rule.at_field.is_none()) {
            let is_fault = match rule.is {
                // Where there is one secret only, it is named without being told.
                OutcomeKind::WrongSecret => secrets != 1,
                OutcomeKind::WrongUser | OutcomeKind::WrongTenant => true,
                _ => false,
            };
            if is_fault && !method.fields.is_empty() {
                let message = format!("`{}` does not say which value is wrong", rule.key);
                let keys = method.fields.iter().map(|field| field.key.as_str());
                let mend = format!("name the field in `at_field`; there is {}", listed(keys));
                findings.push(Finding::new(&PAGE, rule.span, message).mend(mend));
            }
        }
    }
}
