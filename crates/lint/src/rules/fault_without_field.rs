//! An outcome rule that blames an entered value without naming its field.

use guide::{CodePage, Finding, OutcomeKind, Severity, listed};

use crate::rule::{Rule, Subject};

pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0351",
    name: "fault-without-field",
    severity: Severity::Warning,
    summary: "A rule blames an entered value but names no field",
    why: "people who cannot tell which value is wrong may change one that is right",
    help: "name the field in `at_field`, and other possible causes in `or_fields`",
    bad: "- { key: no-such-shop, when: { status: 404 }, is: wrong_tenant }",
    good: "- { key: no-such-shop, when: { status: 404 }, is: wrong_tenant, at_field: shop }",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for method in &subject.guide.methods {
        let secrets = method.fields.iter().filter(|field| field.secret).count();
        for rule in method.all_outcomes().filter(|rule| rule.at_field.is_none()) {
            let is_fault = match rule.is {
                // The only secret is blamed without being named.
                OutcomeKind::WrongSecret => secrets != 1,
                OutcomeKind::WrongUser | OutcomeKind::WrongTenant => true,
                _ => false,
            };
            if is_fault && !method.fields.is_empty() {
                let message = format!("`{}` does not say which value is wrong", rule.key);
                let keys = method.fields.iter().map(|field| field.key.as_str());
                let help = format!(
                    "set `at_field` to the field that is wrong: the method declares {}",
                    listed(keys)
                );
                findings.push(Finding::new(&PAGE, rule.span, message).help(help));
            }
        }
    }
}
