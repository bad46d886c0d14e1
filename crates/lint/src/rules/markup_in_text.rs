//! Markdown in text that is shown exactly as written.
//!
//! Messages are not rendered as Markdown. They reach people not only through Waystone's pages and terminal, but also as
//! plain strings through the API, events and the widget, where markup would appear as typed.

use guide::{CodePage, Finding, Markup, Method, Severity, Source, Span, Walkthrough, markup};

use crate::place;
use crate::rule::Subject;
use crate::texts;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0363",
    name: "markup-in-text",
    severity: Severity::Warning,
    summary: "A message, title or label contains Markdown or HTML",
    why: "only prose is rendered; messages, titles and labels are plain text, in which people would see the asterisks",
    help: "remove the markup; names can be in quotation marks",
    bad: "fix: Copy the token again from **OAuth & Permissions**.",
    good: "fix: Copy the token again from OAuth & Permissions.",
};

pub(super) fn check(subject: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    let source = &subject.guide.source;
    for rule in method.all_outcomes() {
        for (what, text) in [("`says`", &rule.says), ("`fix`", &rule.fix)] {
            if let Some(text) = text {
                report(source, text.span, &text.to_string(), what, findings);
            }
        }
    }
    for part in texts::parts(method) {
        for section in &part.sections {
            report(source, section.title_span, &section.title, "the title", findings);
        }
        for (_, step) in Walkthrough::steps(part) {
            report(source, step.title_span, &step.title, "the title", findings);
        }
    }
    for field in &method.fields {
        report(source, field.label_span, &field.label, "the label", findings);
    }
}

/// Reports the markup in `text`, which is at `within`.
fn report(source: &Source, within: Span, text: &str, what: &str, findings: &mut Vec<Finding>) {
    let found = markup(text);
    for (n, Markup { range, kind, content }) in found.iter().enumerate() {
        let written = &text[range.clone()];
        let before = found[..n].iter().filter(|other| &text[other.range.clone()] == written).count();
        let span = place::nth(source, within, written, before);
        let finding =
            Finding::new(&PAGE, span, format!("{what} contains {kind}, but is shown as plain text"));
        let is_exact = source.slice(span) == written;
        findings.push(match content {
            Some(content) if is_exact => {
                finding.help(format!("write only `{content}`")).fix(span, content.clone())
            }
            _ => finding,
        });
    }
}
