//! A title that is too long or ends with a period.

use guide::{CodePage, Finding, Severity, Span, Walkthrough};

use crate::rule::Subject;
use crate::texts;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0324",
    name: "long-title",
    severity: Severity::Warning,
    summary: "A title has more than 60 characters or ends with a period",
    why: "titles appear in menus and headings, where a full sentence would be cut off",
    help: "shorten the title to what the reader does, and move the rest to the body",
    bad: "title: Sign in to your account as an administrator and open the settings page.",
    good: "title: Open the settings",
};

/// The number of characters that fit on a terminal line and in a sidebar.
const LONGEST: usize = 60;

pub(super) fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let source = &subject.guide.source;
    let mut check_title = |title: &str, span: Span| {
        let length = title.chars().count();
        if length > LONGEST {
            let message = format!("the title has {length} characters; the limit is {LONGEST}");
            findings.push(Finding::new(&PAGE, source.first_line(span), message));
        } else if title.ends_with('.') && !title.ends_with("..") {
            let found = Finding::new(&PAGE, span, "the title ends with a period");
            let found = found.help("remove the period");
            // The period is the last character or comes before a closing quote.
            let at = source.slice(span).rfind('.').map(|at| span.start + at);
            let is_last = |at: &usize| source.slice(Span::new(at + 1, span.end)).trim().len() <= 1;
            findings.push(match at.filter(is_last) {
                Some(at) => found.fix(Span::new(at, at + 1), ""),
                None => found,
            });
        }
    };
    for part in subject.guide.methods.iter().flat_map(texts::parts) {
        part.sections.iter().for_each(|section| check_title(&section.title, section.title_span));
        Walkthrough::steps(part).for_each(|(_, step)| check_title(&step.title, step.title_span));
    }
}
