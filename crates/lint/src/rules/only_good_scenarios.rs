//! Scenarios in which nothing ever goes wrong.

use guide::{CodePage, Finding, OutcomeKind, Severity};

use crate::rule::{Rule, Subject};

/// The rule.
pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0348",
    name: "only-good-scenarios",
    severity: Severity::Warning,
    summary: "A method has several scenarios, and all of them end well",
    why: "a link that works needs no help; what people are told when it does not was never looked at",
    mend: "add a scenario in which the provider refuses: a wrong token, at least",
    bad: "scenarios:
  - { name: the right token, …, then: { outcome: ok, … } }
  - { name: another right token, …, then: { outcome: ok, … } }",
    good: "scenarios:
  - { name: the right token, …, then: { outcome: ok, … } }
  - { name: a wrong token, …, then: { outcome: wrong_secret } }",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for method in &subject.guide.methods {
        let [first, _, ..] = method.scenarios.as_slice() else { continue };
        if method.scenarios.iter().all(|scenario| scenario.then.outcome == OutcomeKind::Ok) {
            let n = method.scenarios.len();
            let message = format!("the {n} scenarios of the method `{}` all end well", method.key);
            findings.push(Finding::new(&PAGE, first.span, message));
        }
    }
}
