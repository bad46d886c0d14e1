//! Finds references in strings that are used as they are written.

use crate::code::MISPLACED_REFERENCE;
use crate::finding::Finding;
use crate::lower::lowering::Lowering;
use crate::node::{Kind, Node};
use crate::page::Severity;
use crate::source::Span;
use crate::template::first_reference;

/// The keys whose strings can contain literal braces: responses, entered values, tests of either, and evidence.
const DATA: &[&str] = &["evidence", "examples", "expect", "pattern", "scenarios", "when"];

impl Lowering<'_> {
    /// Reports references in strings that were not parsed for references, because people would see the braces, or the
    /// provider would receive them. Must be called after the rest of the guide has been lowered.
    ///
    /// Reports nothing if there are other errors, because they can keep strings from being parsed.
    pub(crate) fn literal_references(&mut self) {
        if self.findings.iter().all(|finding| finding.severity() != Severity::Error) {
            let mut found = Vec::new();
            self.templates.sort_unstable();
            collect(self.root, &self.templates, &mut found);
            for (span, reference) in found {
                let message = format!("`{reference}` is not replaced here");
                let found = Finding::new(&MISPLACED_REFERENCE, self.source.first_line(span), message)
                    .label("this string is used as it is written, with the braces");
                self.report(found.help("write the text itself, or remove the reference"));
            }
        }
    }
}

/// Collects the strings with references that are not within one of the parsed locations, which are sorted.
fn collect(node: &Node, parsed: &[Span], found: &mut Vec<(Span, String)>) {
    match &node.kind {
        Kind::Mapping(entries) => {
            let entries = entries.iter().filter(|entry| !DATA.contains(&entry.key.as_str()));
            entries.for_each(|entry| collect(&entry.value, parsed, found));
        }
        Kind::Sequence(items) => items.iter().for_each(|item| collect(item, parsed, found)),
        Kind::Text(text) => {
            let is_parsed = || {
                let before = parsed.partition_point(|span| span.start <= node.span.start);
                // Nearly always, the last location is the string's own.
                parsed[..before].iter().rev().any(|span| node.span.end <= span.end)
            };
            if let Some(reference) = first_reference(text).filter(|_| !is_parsed()) {
                found.push((node.span, reference.to_owned()));
            }
        }
        Kind::Null | Kind::Bool(_) | Kind::Number(_) => {}
    }
}
