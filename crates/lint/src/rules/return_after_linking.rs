//! An outcome that leads to a step shown only after linking.

use guide::{CodePage, Finding, Severity};

use crate::bindings::stops;
use crate::place;
use crate::rule::{Rule, Subject};

pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0359",
    name: "return-after-linking",
    severity: Severity::Warning,
    summary: "An outcome leads to a step that is shown only after linking",
    why: "while people link an account, they see only the steps that lead to the credentials, so nobody gets to this one",
    help: "name a step in a section with `purpose: obtain` or no `purpose`",
    bad: "return_to: delete-old-token   # its section has purpose: rotate",
    good: "return_to: create-token",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for method in &subject.guide.methods {
        for rule in method.all_outcomes() {
            let Some(step) = &rule.return_to else { continue };
            if !stops(method).any(|stop| stop.step.key == *step) {
                let span = place::after(&subject.guide.source, rule.span, &format!("return_to: {step}"));
                let message = format!("`{}` leads to `{step}`, which is shown only after linking", rule.key);
                findings.push(Finding::new(&PAGE, span, message));
            }
        }
    }
}
