//! A title that is a sentence.

use guide::{CodePage, Finding, Severity, Span, Walkthrough};

use crate::rule::{Rule, Subject};
use crate::texts;

/// The rule.
pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0324",
    name: "long-title",
    severity: Severity::Warning,
    summary: "A title is longer than 60 characters, or ends in a full stop",
    why: "titles become entries of menus and headings of screens, where a sentence is cut off",
    mend: "say in a few words what to do, and put the rest into the body",
    bad: "title: Sign in to your account as an administrator and open the settings page.",
    good: "title: Open the settings",
};

/// What fits on a line of a terminal and in a side bar.
const LONGEST: usize = 60;

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let source = &subject.guide.source;
    let mut say = |title: &str, span: Span| {
        let length = title.chars().count();
        if length > LONGEST {
            let message = format!("the title has {length} characters, and should have at most {LONGEST}");
            findings.push(Finding::new(&PAGE, source.first_line(span), message));
        } else if title.ends_with('.') && !title.ends_with("..") {
            let found = Finding::new(&PAGE, span, "the title ends in a full stop");
            let found = found.mend("leave the full stop out");
            // The stop is the last character, or stands before a closing quote.
            let at = source.slice(span).rfind('.').map(|at| span.start + at);
            let is_last = |at: &usize| source.slice(Span::new(at + 1, span.end)).trim().len() <= 1;
            findings.push(match at.filter(is_last) {
                Some(at) => found.fix(Span::new(at, at + 1), ""),
                None => found,
            });
        }
    };
    for part in subject.guide.methods.iter().flat_map(texts::parts) {
        part.sections.iter().for_each(|section| say(&section.title, section.title_span));
        Walkthrough::steps(part).for_each(|(_, step)| say(&step.title, step.title_span));
    }
}
