//! Consecutive actions in a bulleted list.

use guide::{Block, CodePage, Finding, Severity};

use crate::place;
use crate::rule::{Rule, Subject};
use crate::texts;
use crate::wording::{bare, is_verb};

pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0355",
    name: "sequence-in-bullets",
    severity: Severity::Warning,
    summary: "A bulleted list contains consecutive actions",
    why: "numbers show that the order matters, how many actions there are, and where to resume after looking away",
    help: "number the items: `1.`, `2.`, `3.`",
    bad: "body: |
  - Open **Settings**.
  - Choose **Tokens**.
  - Click **Create**.",
    good: "body: |
  1. Open **Settings**.
  2. Choose **Tokens**.
  3. Click **Create**.",
};

/// Two instructions may be alternatives; three or more are taken for a sequence.
const FEWEST: usize = 3;

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let source = &subject.guide.source;
    for step in subject.guide.methods.iter().flat_map(texts::steps) {
        let mut before = String::new();
        for block in &step.body.blocks {
            match block {
                Block::Paragraph(content) => before = texts::words(content),
                Block::List { first: None, items } if is_sequence(items) && !is_choice(&before) => {
                    let Some(words) = first_words(&items[0]) else { continue };
                    let head: Vec<&str> = words.split_whitespace().take(1).collect();
                    let bullet = ["- ", "* ", "+ "].map(|bullet| format!("{bullet}{}", head.concat()));
                    let raw = source.slice(step.body.span);
                    let found = bullet.iter().find(|bullet| raw.contains(bullet.as_str()));
                    let span =
                        place::nth(source, step.body.span, found.map_or(words.as_str(), String::as_str), 0);
                    let message =
                        format!("these {} actions have an order, but the list has bullets", items.len());
                    findings.push(Finding::new(&PAGE, span, message));
                }
                Block::List { .. } | Block::Code { .. } => {}
            }
        }
    }
}

fn is_sequence(items: &[Vec<Block>]) -> bool {
    FEWEST <= items.len()
        && items.iter().all(|item| {
            first_words(item).is_some_and(|text| text.split_whitespace().next().is_some_and(is_verb))
        })
}

/// Whether the text before a list introduces alternatives or an unordered collection.
fn is_choice(before: &str) -> bool {
    const WORDS: &[&str] =
        &["any", "choices", "either", "one", "optionally", "options", "or", "permissions", "ways"];
    before.split_whitespace().any(|word| WORDS.contains(&bare(word).as_str()))
}

fn first_words(item: &[Block]) -> Option<String> {
    match item.first()? {
        Block::Paragraph(content) => Some(texts::words(content)),
        Block::List { .. } | Block::Code { .. } => None,
    }
}
