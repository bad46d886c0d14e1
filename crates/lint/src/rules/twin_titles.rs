//! Two sections or steps that people cannot tell apart.

use guide::{CodePage, Condition, Finding, Method, Severity, Span};

use crate::conditions::clash;
use crate::rule::{Rule, Subject};
use crate::texts;

/// The rule.
pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0344",
    name: "twin-titles",
    severity: Severity::Warning,
    summary: "Two sections, or two steps, have the same title",
    why: "in a list of contents, and where a message sends people back, nobody knows which is meant",
    mend: "say in each title what sets it apart",
    bad: "- { key: open-settings, title: Open the settings, … }
- { key: open-tokens, title: Open the settings, … }",
    good: "- { key: open-settings, title: Open the settings, … }
- { key: open-tokens, title: Open the list of tokens, … }",
};

/// A title, with the conditions under which it is read.
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
            let message = format!("another {kind} is called `{}` too", second.title.trim());
            findings.push(Finding::new(&PAGE, second.span, message).also(first.span, "the first one"));
        }
    }
}
