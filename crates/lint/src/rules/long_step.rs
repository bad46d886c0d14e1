//! A step that is several.

use guide::{Block, CodePage, Finding, Severity};

use crate::place;
use crate::rule::{Rule, Subject};
use crate::texts;

/// The rule.
pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0325",
    name: "long-step",
    severity: Severity::Warning,
    summary: "The text of a step has more than 120 words",
    why: "a step is read with the other window open; who has to search in it loses the place",
    mend: "make two steps of it",
    bad: "- key: create-token
  body: (a page of text)",
    good: "- key: open-settings
  body: …
- key: create-token
  body: …",
};

/// About what can be kept in mind on the way to the other window.
const MOST: usize = 120;

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for step in subject.guide.methods.iter().flat_map(texts::steps) {
        let words = count(&step.body.blocks);
        if words > MOST {
            let message =
                format!("the step `{}` has {words} words, and should have at most {MOST}", step.key);
            findings.push(Finding::new(&PAGE, place::head(&subject.guide.source, step.span), message));
        }
    }
}

fn count(blocks: &[Block]) -> usize {
    blocks
        .iter()
        .map(|block| match block {
            Block::Paragraph(content) => texts::words(content).split_whitespace().count(),
            Block::List { items, .. } => items.iter().map(|item| count(item)).sum(),
            Block::Code { .. } => 0,
        })
        .sum()
}
