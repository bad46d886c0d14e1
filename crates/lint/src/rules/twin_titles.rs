//! Two sections or steps that share a title.

use guide::{CodePage, Condition, Finding, Method, Severity, Span};

use crate::conditions::clash;
use crate::rule::{Rule, Subject};
use crate::texts;

pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0344",
    name: "twin-titles",
    severity: Severity::Warning,
    summary: "Two sections, or two steps, have the same title",
    why: "people cannot tell them apart in a table of contents, or when a message sends them back to one of them",
    help: "say in each title what distinguishes it",
    bad: "- { key: open-settings, title: Open the settings, … }
- { key: open-tokens, title: Open the settings, … }",
    good: "- { key: open-settings, title: Open the settings, … }
- { key: open-tokens, title: Open the list of tokens, … }",
};

/// A title and the conditions under which it is shown.
struct Titled<'g> {
    title: &'g str,
    span: Span,
    conditions: Vec<&'g Condition>,
}

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for method in &subject.guide.methods {
        for part in texts::parts(method) {
            let sections = part.sections.iter().map(|section| Titled {
                title: &section.title,
                span: section.title_span,
                conditions: section.when.iter().collect(),
            });
            twins(method, "section", &sections.collect::<Vec<_>>(), findings);
            let steps = part.steps().map(|(section, step)| Titled {
                title: &step.title,
                span: step.title_span,
                conditions: section.when.iter().chain(&step.when).collect(),
            });
            twins(method, "step", &steps.collect::<Vec<_>>(), findings);
        }
    }
}

fn twins(method: &Method, kind: &str, list: &[Titled<'_>], findings: &mut Vec<Finding>) {
    for (n, second) in list.iter().enumerate() {
        let first = list[..n].iter().find(|first| {
            let both: Vec<_> = first.conditions.iter().chain(&second.conditions).copied().collect();
            first.title.trim().to_lowercase() == second.title.trim().to_lowercase()
                && clash(method, &both).is_none()
        });
        if let Some(first) = first {
            let message = format!("another {kind} is also called `{}`", second.title.trim());
            findings.push(
                Finding::new(&PAGE, second.span, message).also(first.span, format!("the first {kind}")),
            );
        }
    }
}
