//! Link text that does not describe where the link leads.

use guide::{CodePage, Finding, Inline, Method, Prose, Severity};

use crate::place;
use crate::rule::Subject;
use crate::texts;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0322",
    name: "empty-link-text",
    severity: Severity::Warning,
    summary: "Link text does not say where the link leads",
    why: "people who use a screen reader often jump from link to link, and `here` tells them nothing",
    help: "name the page that the link opens",
    bad: "body: 'Click [here](https://acme.example/tokens).'",
    good: "body: 'Open your [list of tokens](https://acme.example/tokens).'",
};

/// Link text that could describe any link and therefore does not help.
const EMPTY: &[&str] = &[
    "click",
    "click here",
    "follow this link",
    "go here",
    "here",
    "learn more",
    "link",
    "more",
    "more here",
    "page",
    "read more",
    "see here",
    "this",
    "this link",
    "this one",
    "this page",
];

pub(super) fn check(subject: &Subject<'_>, _: &Method, prose: &Prose, findings: &mut Vec<Finding>) {
    for inline in prose.inlines() {
        let Inline::Link { content, .. } = inline else { continue };
        let text = texts::words(content);
        let bare = text.trim().trim_end_matches(['.', '!', ':']).to_lowercase();
        if EMPTY.contains(&bare.as_str()) {
            let span = place::nth(&subject.guide.source, prose.span, &format!("[{text}]"), 0);
            let message = format!("the link text `{text}` does not say where the link leads");
            findings.push(Finding::new(&PAGE, span, message));
        }
    }
}
