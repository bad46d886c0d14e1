//! Scenarios that all succeed.

use guide::{CodePage, Finding, Method, OutcomeKind, Severity};

use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0348",
    name: "only-good-scenarios",
    severity: Severity::Warning,
    summary: "A method has several scenarios, and all of them succeed",
    why: "nobody has tested which messages people see when a link fails",
    help: "add a scenario in which the provider refuses the request, such as one with an incorrect token",
    bad: "scenarios:
  - { name: the right token, …, then: { outcome: ok, … } }
  - { name: another right token, …, then: { outcome: ok, … } }",
    good: "scenarios:
  - { name: the right token, …, then: { outcome: ok, … } }
  - { name: an incorrect token, …, then: { outcome: wrong_secret } }",
};

pub(super) fn check(_: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    let is_good = method.scenarios.iter().all(|scenario| scenario.then.outcome == OutcomeKind::Ok);
    if let [first, _, ..] = method.scenarios.as_slice()
        && is_good
    {
        let n = method.scenarios.len();
        let message = format!("all {n} scenarios of the method `{}` succeed", method.key);
        findings.push(Finding::new(&PAGE, first.span, message));
    }
}
