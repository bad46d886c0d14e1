//! An outcome rule that points to a step that is shown only after linking.

use guide::{CodePage, Finding, Key, Method, OutcomeRule, Severity};

use crate::bindings::stops;
use crate::place;
use crate::rule::Subject;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0359",
    name: "return-after-linking",
    severity: Severity::Warning,
    summary: "An outcome leads to a step that is shown only after linking",
    why: "while people link an account, they see only the steps that lead to the credentials, so they never reach this step",
    help: "name a step in a section with `purpose: obtain` or no `purpose`",
    bad: "return_to: delete-old-token   # its section has purpose: rotate",
    good: "return_to: create-token",
};

pub(super) fn check(subject: &Subject<'_>, method: &Method, rule: &OutcomeRule, findings: &mut Vec<Finding>) {
    let shown = |step: &Key| stops(method).any(|stop| stop.step.key == *step);
    if let Some(step) = rule.return_to.as_ref().filter(|step| !shown(step)) {
        let span = place::after(&subject.guide.source, rule.span, &format!("return_to: {step}"));
        let message = format!("`{}` leads to `{step}`, which is shown only after linking", rule.key);
        findings.push(Finding::new(&PAGE, span, message));
    }
}
