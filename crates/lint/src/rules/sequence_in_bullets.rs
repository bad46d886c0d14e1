//! Consecutive actions in a bulleted list.

use guide::{Block, CodePage, Finding, Method, Severity};

use crate::place;
use crate::rule::Subject;
use crate::texts;
use crate::wording::{bare, is_verb};

pub(super) static PAGE: CodePage = CodePage {
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

/// Two instructions may be alternatives; three or more count as a sequence.
const FEWEST: usize = 3;

pub(super) fn check(subject: &Subject<'_>, method: &Method, findings: &mut Vec<Finding>) {
    let source = &subject.guide.source;
    for step in texts::steps(method) {
        let mut before = String::new();
        for block in &step.body.blocks {
            match block {
                Block::Paragraph(content) => before = texts::words(content),
                Block::List { first: None, items } if !is_choice(&before) => {
                    let Some(words) = sequence(items) else { continue };
                    let first = words.split_whitespace().next().unwrap_or_default();
                    let raw = source.slice(step.body.span);
                    let bullets = ["- ", "* ", "+ "].map(|bullet| format!("{bullet}{first}"));
                    let found = bullets.iter().find(|bullet| raw.contains(*bullet)).unwrap_or(&words);
                    let span = place::nth(source, step.body.span, found, 0);
                    let message =
                        format!("these {} actions form a sequence, but the list uses bullets", items.len());
                    findings.push(Finding::new(&PAGE, span, message));
                }
                Block::List { .. } | Block::Code { .. } => {}
            }
        }
    }
}

/// The first item's text, if the items in a list are consecutive actions.
fn sequence(items: &[Vec<Block>]) -> Option<String> {
    let texts: Option<Vec<String>> = items.iter().map(|item| action(item)).collect();
    texts.filter(|texts| FEWEST <= texts.len())?.into_iter().next()
}

/// The text of an item's first paragraph, if the paragraph begins with an imperative verb.
fn action(item: &[Block]) -> Option<String> {
    let Block::Paragraph(content) = item.first()? else { return None };
    let text = texts::words(content);
    is_verb(text.split_whitespace().next()?).then_some(text)
}

/// Whether the text before a list introduces alternatives or an unordered collection.
fn is_choice(before: &str) -> bool {
    const WORDS: &[&str] =
        &["any", "choices", "either", "one", "optionally", "options", "or", "permissions", "ways"];
    before.split_whitespace().any(|word| WORDS.contains(&bare(word).as_str()))
}
