//! A link to a section or step that does not exist.

use guide::{CodePage, Finding, Inline, Severity, listed, nearest};

use crate::place;
use crate::rule::{Rule, Subject};
use crate::texts;

pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0327",
    name: "dead-anchor",
    severity: Severity::Error,
    summary: "A link points to a section or step that does not exist",
    why: "readers who click it stay where they are and think that the page is broken",
    help: "link to the key of a section or step in this guide",
    bad: "- key: create-token
  body: …
- key: rotate
  body: 'Create another token as in [{{ step.create-token }}](#make-token).'",
    good: "- key: rotate
  body: 'Create another token as in [{{ step.create-token }}](#create-token).'",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let source = &subject.guide.source;
    for (method, prose) in texts::of_guide(subject.guide) {
        for inline in prose.inlines() {
            let Inline::Link { href, .. } = inline else { continue };
            let Some(anchor) = href.as_literal().and_then(|href| href.strip_prefix('#')) else { continue };
            let sections = texts::parts(method).flat_map(|part| &part.sections).map(|section| &section.key);
            let keys: Vec<&str> =
                sections.chain(texts::steps(method).map(|step| &step.key)).map(guide::Key::as_str).collect();
            if keys.contains(&anchor) {
                continue;
            }
            let span = place::nth(source, prose.span, &format!("#{anchor}"), 0);
            let found = Finding::new(&PAGE, span, format!("there is no section or step `{anchor}`"));
            findings.push(match nearest(anchor, keys.iter().copied()) {
                Some(near) => found.help(format!("did you mean `#{near}`?")),
                None => found.help(format!("the sections and steps are {}", listed(keys))),
            });
        }
    }
}
