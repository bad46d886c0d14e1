//! An address where words should be.

use guide::{Block, CodePage, Finding, Inline, Severity};

use crate::place;
use crate::rule::{Rule, Subject};
use crate::texts;

/// The rule.
pub(super) static RULE: Rule = Rule { page: &PAGE, check };

static PAGE: CodePage = CodePage {
    code: "W0323",
    name: "bare-address",
    severity: Severity::Warning,
    summary: "An address stands in the prose as it is",
    why: "it is read out letter by letter, breaks lines, and is not a link in every medium",
    mend: "make it a link with words, or put it between backticks if it is to be typed or compared",
    bad: "body: Open https://acme.example/tokens.",
    good: "body: 'Open your [list of tokens](https://acme.example/tokens).'",
};

fn check(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let source = &subject.guide.source;
    for (_, prose) in texts::of_guide(subject.guide) {
        let mut addresses = Vec::new();
        blocks(&prose.blocks, &mut addresses);
        for (n, (address, is_link)) in addresses.iter().enumerate() {
            let before = addresses[..n].iter().filter(|(other, _)| other == address).count();
            let span = place::nth(source, prose.span, address, before);
            let message =
                if *is_link { "the link's text is an address" } else { "a bare address stands in the prose" };
            findings.push(Finding::new(&PAGE, span, message));
        }
    }
}

fn blocks(list: &[Block], out: &mut Vec<(String, bool)>) {
    for block in list {
        match block {
            Block::Paragraph(content) => inlines(content, false, out),
            Block::List { items, .. } => items.iter().for_each(|item| blocks(item, out)),
            Block::Code { .. } => {}
        }
    }
}

/// The addresses in running text; whether each is the text of a link. Code is left out: it is to be typed.
fn inlines(list: &[Inline], in_link: bool, out: &mut Vec<(String, bool)>) {
    for inline in list {
        match inline {
            Inline::Text(text) => out.extend(addresses(text).map(|address| (address.to_owned(), in_link))),
            Inline::Strong(inner) | Inline::Emphasis(inner) => inlines(inner, in_link, out),
            Inline::Link { content, .. } => inlines(content, true, out),
            Inline::Reference(_)
            | Inline::Code(_)
            | Inline::Image { .. }
            | Inline::SoftBreak
            | Inline::HardBreak => {}
        }
    }
}

fn addresses(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
        .map(|word| word.trim_matches(|ch: char| !ch.is_alphanumeric() && ch != '/'))
        .filter(|word| ["https://", "http://", "www."].iter().any(|start| word.starts_with(start)))
}
