//! A step whose text is too long.

use guide::{Block, CodePage, Finding, Severity};

use crate::place;
use crate::rule::{Rule, Subject};
use crate::texts;

pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0325",
    name: "long-step",
    severity: Severity::Warning,
    summary: "A step's text has more than 120 words",
    why: "readers switch between the step and the provider's window, and lose their place in a long text",
    help: "split it into two steps",
    bad: "- key: create-token
  body: (a page of text)",
    good: "- key: open-settings
  body: …
- key: create-token
  body: …",
};

/// About as many words as readers can keep in mind while they switch windows.
const MOST: usize = 120;

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for step in subject.guide.methods.iter().flat_map(texts::steps) {
        let words = count(&step.body.blocks);
        if words > MOST {
            let message = format!("the step `{}` has {words} words; the limit is {MOST}", step.key);
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
