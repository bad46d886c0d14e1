//! A link to a section or step that does not exist.

use guide::{CodePage, Finding, Inline, Method, Prose, Severity, listed, nearest};

use crate::place;
use crate::rule::Subject;
use crate::texts;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0327",
    name: "dead-anchor",
    severity: Severity::Error,
    summary: "A link points to a section or step that does not exist",
    why: "readers who click the link stay where they are and think that the page is broken",
    help: "link to the key of a section or step in this guide",
    bad: "- key: create-token
  body: …
- key: rotate
  body: 'Create another token as in [{{ step.create-token }}](#make-token).'",
    good: "- key: rotate
  body: 'Create another token as in [{{ step.create-token }}](#create-token).'",
};

pub(super) fn check(subject: &Subject<'_>, method: &Method, prose: &Prose, findings: &mut Vec<Finding>) {
    for inline in prose.inlines() {
        let Inline::Link { href, .. } = inline else { continue };
        let Some(anchor) = href.as_literal().and_then(|href| href.strip_prefix('#')) else { continue };
        let sections = texts::sections(method).map(|section| section.key.as_str());
        let keys: Vec<_> = sections.chain(texts::steps(method).map(|step| step.key.as_str())).collect();
        if keys.contains(&anchor) {
            continue;
        }
        let span = place::nth(&subject.guide.source, prose.span, &format!("#{anchor}"), 0);
        let found = Finding::new(&PAGE, span, format!("there is no section or step `{anchor}`"));
        findings.push(found.help(match nearest(anchor, keys.iter().copied()) {
            Some(near) => format!("did you mean `#{near}`?"),
            None => format!("the sections and steps are {}", listed(keys)),
        }));
    }
}
