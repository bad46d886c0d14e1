//! A way back to a step that is not on the way.

use guide::{CodePage, Finding, Severity};

use crate::bindings::stops;
use crate::place;
use crate::rule::{Rule, Subject};

/// The rule.
pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0359",
    name: "return-after-linking",
    severity: Severity::Warning,
    summary: "An outcome leads to a step that is read only after linking",
    why: "while an account is linked only the steps that lead to the credentials are shown, so nobody gets there",
    mend: "name a step of a section that leads to the credentials: one with `purpose: obtain`, or none",
    bad: "return_to: delete-old-token   # its section has purpose: rotate",
    good: "return_to: create-token",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for method in &subject.guide.methods {
        for rule in method.all_outcomes() {
            let Some(step) = &rule.return_to else { continue };
            if !stops(method).any(|stop| stop.step.key == *step) {
                let span = place::after(&subject.guide.source, rule.span, &format!("return_to: {step}"));
                let message = format!("`{}` leads to `{step}`, which is read only after linking", rule.key);
                findings.push(Finding::new(&PAGE, span, message));
            }
        }
    }
}
