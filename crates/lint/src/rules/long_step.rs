//! A step whose text is too long.

use guide::{CodePage, Finding, Method, Severity};

use crate::rule::Subject;
use crate::texts;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0325",
    name: "long-step",
    severity: Severity::Warning,
    summary: "A step's text has more than 120 words",
    why: "readers switch between the step and the provider's window, and lose their place in a long step",
    help: "split the step in two",
    bad: "- key: create-token
  body: (a page of text)",
    good: "- key: open-settings
  body: …
- key: create-token
  body: …",
};

/// About as many words as readers can keep in mind while they switch windows.
const MOST: usize = 120;

pub(super) fn check(subject: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    for step in texts::steps(method) {
        let paragraphs = texts::paragraphs(&step.body.blocks).into_iter();
        let words: usize = paragraphs.map(|content| texts::words(content).split_whitespace().count()).sum();
        if words > MOST {
            let message = format!("the step `{}` has {words} words; the limit is {MOST}", step.key);
            findings.push(Finding::new(&PAGE, subject.guide.source.first_line(step.span), message));
        }
    }
}
