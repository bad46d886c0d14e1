//! Findings about Markdown in prose.

use std::ops::Range;

use super::marked::MARK;
use crate::code::{BAD_LINK, IMAGE_WITHOUT_TEXT, PROSE_MARKUP, TOO_LARGE};
use crate::finding::{Finding, quoted};
use crate::source::{Source, Span};

/// The maximum number of findings per string. Locating each finding takes time proportional to the length of the prose.
const MOST: usize = 10;

/// Reports findings about prose at their locations in the file.
pub(super) struct Blame<'a> {
    source: &'a Source,
    span: Span,
    marked: &'a str,
    findings: &'a mut Vec<Finding>,
    reported: usize,
}

impl<'a> Blame<'a> {
    pub(super) fn new(
        source: &'a Source,
        span: Span,
        marked: &'a str,
        findings: &'a mut Vec<Finding>,
    ) -> Self {
        Self { source, span, marked, findings, reported: 0 }
    }

    pub(super) fn too_deep(&mut self, at: Range<usize>) {
        self.report(at, |span| {
            Finding::new(&TOO_LARGE, span, "the nesting is too deep here").help("reduce the nesting")
        });
    }

    pub(super) fn heading(&mut self, at: Range<usize>) {
        self.markup(
            at,
            "headings are not allowed in prose",
            "move the heading to the `title` of a separate section or step",
        );
    }

    pub(super) fn quotation(&mut self, at: Range<usize>) {
        self.markup(at, "block quotes are not allowed in prose", "write a plain paragraph without `>`");
    }

    pub(super) fn rule(&mut self, at: Range<usize>) {
        self.markup(at, "horizontal rules are not allowed in prose", "start a new section");
    }

    pub(super) fn table(&mut self, at: Range<usize>) {
        self.markup(at, "tables are not allowed in prose", "write a list with an item for each row");
    }

    pub(super) fn html(&mut self, at: Range<usize>) {
        let tag = self.marked[at.clone()].trim_start();
        // A closing tag is skipped, because the finding is reported at the opening tag.
        if tag.starts_with("</") {
            return;
        }
        let end = tag.find([' ', '>', '/', '\n', MARK]).unwrap_or(tag.len());
        let name = tag[..end].trim_start_matches('<').to_ascii_lowercase();
        let name = name.as_str();
        let advice = match name {
            "b" | "strong" => "write `**…**`".to_owned(),
            "i" | "em" => "write `*…*`".to_owned(),
            "code" | "kbd" | "pre" | "tt" => "put the code in backticks".to_owned(),
            "a" => "write `[text](https://…)`".to_owned(),
            "br" | "p" | "div" => "leave an empty line to start a new paragraph".to_owned(),
            "img" => "write `![what it shows](file.png)`".to_owned(),
            "ul" | "ol" | "li" => "start each item with `- ` or `1. `".to_owned(),
            _ if name.starts_with('!') => {
                "write comments for authors as YAML comments (`# …`), outside the string".to_owned()
            }
            _ => format!("use Markdown, or put the tag in backticks to show it: `<{name}>`"),
        };
        self.report(at, |span| {
            Finding::new(&PROSE_MARKUP, span, "raw HTML is not allowed in prose").help(advice)
        });
    }

    pub(super) fn image(&mut self, at: Range<usize>, file: &str) {
        let at = self.inner(at, file);
        let message = format!("the image {} has no alternative text", quoted(file));
        self.report(at, |span| Finding::new(&IMAGE_WITHOUT_TEXT, span, message));
    }

    pub(super) fn link(&mut self, at: Range<usize>, target: &str) {
        let at = self.inner(at, target);
        let shown = quoted(&target.replace(MARK, ""));
        let scheme = target.split_once(':').map(|(scheme, _)| scheme);
        let is_scheme =
            |name: &str| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'-');
        let (message, advice, fix) = match scheme {
            Some("http") => {
                let secure = target.replacen("http:", "https:", 1);
                let advice = format!("write {}", quoted(&secure));
                (format!("{shown} is not an `https://` URL"), Some(advice), Some(secure))
            }
            Some(name) if is_scheme(name) => (format!("`{name}:` links do not work everywhere"), None, None),
            _ if target.starts_with("//") => (
                format!("{shown} has no scheme"),
                Some(format!("write {}", quoted(&format!("https:{target}")))),
                None,
            ),
            _ if target.is_empty() => ("the link has no target".to_owned(), None, None),
            _ if target.split('/').next().is_some_and(|host| host.contains('.') && !is_file(host)) => {
                let whole = format!("https://{target}");
                (format!("{shown} has no scheme"), Some(format!("write {}", quoted(&whole))), Some(whole))
            }
            _ => (format!("{shown} is a relative path"), None, None),
        };
        self.report(at, |span| {
            let mut found = Finding::new(&BAD_LINK, span, message);
            found.help = advice;
            match fix {
                Some(text) if !text.contains(MARK) => found.fix(span, text),
                _ => found,
            }
        });
    }

    fn markup(&mut self, at: Range<usize>, message: &str, advice: &str) {
        self.report(at, |span| Finding::new(&PROSE_MARKUP, span, message).help(advice));
    }

    fn report(&mut self, at: Range<usize>, finding: impl FnOnce(Span) -> Finding) {
        self.reported += 1;
        if self.reported <= MOST {
            let found = finding(self.place(at));
            // If the location is not exact, the edit is removed, because it could change an unrelated part of the file.
            let found = match &found.fix {
                Some(fix) if !self.is_exact(fix.span) => Finding { fix: None, ..found },
                _ => found,
            };
            self.findings.push(found);
        }
    }

    /// Returns the last occurrence of these words within a range, or the whole range if the words are not found.
    fn inner(&self, at: Range<usize>, words: &str) -> Range<usize> {
        match self.marked[at.clone()].rfind(words) {
            Some(n) if !words.is_empty() => at.start + n..at.start + n + words.len(),
            _ => at,
        }
    }

    fn is_exact(&self, span: Span) -> bool {
        span != self.source.first_line(self.span)
    }

    /// Converts a range in the marked prose to a location in the file, which covers at most one line.
    fn place(&self, at: Range<usize>) -> Span {
        let text = &self.marked[at.clone()];
        let end = text.find(['\n', MARK]).unwrap_or(text.len());
        let line = text[..end].trim_end();
        self.source.within(self.span, self.marked, at.start..at.start + line.len())
    }
}

/// Returns whether the first part of a path is a file name rather than a host name.
fn is_file(name: &str) -> bool {
    let end = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    ["md", "mdx", "html", "htm", "pdf", "png", "svg"].contains(&end.as_str())
}
