//! A URL written out in the prose instead of a link with descriptive text.

use guide::{CodePage, Finding, Inline, Method, Prose, Severity};

use crate::place;
use crate::rule::Subject;
use crate::texts::paragraphs;

pub(super) static PAGE: CodePage = CodePage {
    code: "W0323",
    name: "bare-address",
    severity: Severity::Warning,
    summary: "The prose contains a bare URL",
    why: "screen readers spell out a bare URL, it breaks badly across lines, and not every medium turns it into a link",
    help: "make the URL a link with descriptive text, or put it in backticks if readers have to type or compare it",
    bad: "body: Open https://acme.example/tokens.",
    good: "body: 'Open your [list of tokens](https://acme.example/tokens).'",
};

pub(super) fn check(subject: &Subject<'_>, _: &Method, prose: &Prose, findings: &mut Vec<Finding>) {
    let mut addresses = Vec::new();
    for content in paragraphs(&prose.blocks) {
        collect(content, false, &mut addresses);
    }
    for (n, (address, is_link)) in addresses.iter().enumerate() {
        let before = addresses[..n].iter().filter(|(other, _)| other == address).count();
        let span = place::nth(&subject.guide.source, prose.span, address, before);
        let message = if *is_link { "the link text is a URL" } else { "the prose contains a bare URL" };
        findings.push(Finding::new(&PAGE, span, message));
    }
}

/// Collects the URLs in running text, and notes whether each URL is link text. Code is skipped, because readers type
/// it.
fn collect(list: &[Inline], in_link: bool, out: &mut Vec<(String, bool)>) {
    for inline in list {
        match inline {
            Inline::Text(text) => out.extend(addresses(text).map(|address| (address.to_owned(), in_link))),
            Inline::Strong(inner) | Inline::Emphasis(inner) => collect(inner, in_link, out),
            Inline::Link { content, .. } => collect(content, true, out),
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
