//! An outcome rule that blames an entered value without naming its field.

use guide::{CodePage, Finding, Method, OutcomeKind, OutcomeRule, Severity, listed};

use crate::bindings::is_only_in_setup;
use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0351",
    name: "fault-without-field",
    severity: Severity::Warning,
    summary: "A rule blames an entered value but names no field",
    why: "people who cannot tell which value is wrong may change a correct value",
    help: "name the field in `at_field`, and other possible causes in `or_fields`",
    bad: "- { key: no-such-shop, when: { status: 404 }, is: wrong_tenant }",
    good: "- { key: no-such-shop, when: { status: 404 }, is: wrong_tenant, at_field: shop }",
};

pub(super) fn check(_: &Subject<'_>, method: &Method, rule: &OutcomeRule, findings: &mut Vec<Finding>) {
    // A person who links an account cannot correct the fields that an admin fills in. A person who enters nothing, because
    // they sign in through a browser, can only be sent to a step.
    let entered = || method.fields.iter().filter(|field| !is_only_in_setup(method, &field.key));
    let is_blamed = match rule.is {
        // If a method has only one secret, that secret is blamed even if the rule names no field.
        OutcomeKind::WrongSecret => entered().filter(|field| field.secret).count() != 1,
        OutcomeKind::WrongUser | OutcomeKind::WrongTenant => true,
        _ => false,
    };
    if is_blamed && rule.at_field.is_none() && entered().next().is_some() {
        let keys = listed(entered().map(|field| field.key.as_str()));
        let help = format!("set `at_field` to the field with the wrong value: the method declares {keys}");
        let message = format!("`{}` does not say which value is wrong", rule.key);
        findings.push(Finding::new(&PAGE, rule.span, message).help(help));
    }
}
