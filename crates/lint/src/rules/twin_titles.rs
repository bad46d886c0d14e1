//! Two sections or steps that share a title.

use guide::{CodePage, Condition, Finding, Method, Severity, Span};

use crate::conditions::clash;
use crate::rule::Subject;
use crate::texts;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0344",
    name: "twin-titles",
    severity: Severity::Warning,
    summary: "Two sections, or two steps, have the same title",
    why: "people cannot tell them apart in a table of contents, or in a message that sends people back to one of them",
    help: "state in each title what distinguishes it",
    bad: "- { key: open-settings, title: Open the settings, … }
- { key: open-tokens, title: Open the settings, … }",
    good: "- { key: open-settings, title: Open the settings, … }
- { key: open-tokens, title: Open the list of tokens, … }",
};

/// A title, its span, and the conditions under which it is shown.
type Titled<'g> = (&'g str, Span, Vec<&'g Condition>);

pub(super) fn check(_: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    for part in texts::parts(method) {
        let sections = part.sections.iter();
        let sections = sections
            .map(|section| (section.title.as_str(), section.title_span, section.when.iter().collect()));
        report_twins(method, "section", &sections.collect::<Vec<_>>(), findings);
        let steps = part.steps().map(|(section, step)| {
            (step.title.as_str(), step.title_span, section.when.iter().chain(&step.when).collect())
        });
        report_twins(method, "step", &steps.collect::<Vec<_>>(), findings);
    }
}

fn report_twins(method: &Method, kind: &str, list: &[Titled<'_>], findings: &mut Vec<Finding>) {
    for (n, (title, span, conditions)) in list.iter().enumerate() {
        let first = list[..n].iter().find(|(other, _, when)| {
            other.trim().to_lowercase() == title.trim().to_lowercase()
                && clash(method, when.iter().chain(conditions).copied()).is_none()
        });
        if let Some((_, first, _)) = first {
            let message = format!("another {kind} is also called `{}`", title.trim());
            findings.push(Finding::new(&PAGE, *span, message).also(*first, format!("the first {kind}")));
        }
    }
}
