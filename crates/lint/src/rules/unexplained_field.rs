//! A field that is strict, and does not say what it wants.

use guide::{Accept, CodePage, Finding, Severity};

use crate::rule::{Rule, Subject};

/// The rule.
pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0345",
    name: "unexplained-field",
    severity: Severity::Warning,
    summary: "A field changes or judges what is typed, and has neither description nor placeholder",
    why: "what the field wants is told only to who has already got it wrong",
    mend: "add a `description` in one sentence, or a `placeholder` that shows the form",
    bad: "label: Subdomain
pattern: '[a-z0-9]+'",
    good: "label: Subdomain
description: The part of your address before acme.example.
placeholder: my-shop
pattern: '[a-z0-9]+'",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for field in subject.guide.methods.iter().flat_map(|method| &method.fields) {
        let is_strict = field.pattern.is_some() || field.accept.iter().any(|accept| *accept != Accept::Trim);
        if is_strict && field.description.is_none() && field.placeholder.is_none() {
            let message = format!("nothing beside `{}` says what it wants", field.key);
            findings.push(Finding::new(&PAGE, field.span, message));
        }
    }
}
