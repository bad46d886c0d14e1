//! Markdown and references to the tree.

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

use crate::code::{BAD_LINK, IMAGE_WITHOUT_TEXT, PROSE_MARKUP};
use crate::finding::Finding;
use crate::lower::Names;
use crate::prose::{Block, Inline, Prose};
use crate::source::{Source, Span};
use crate::template::{self, Part, Reference, Template, Where};

/// Stands before and after a reference's number while Markdown is read. The loader refuses private-use
/// characters, so no text can hold one.
const MARK: char = '\u{e000}';

/// Reads a text that stands at `span`.
pub(crate) fn read(
    text: &str,
    span: Span,
    place: Where,
    names: &Names<'_>,
    source: &Source,
    findings: &mut Vec<Finding>,
) -> Prose {
    let template = template::parse(text, span, place, names, source, findings);
    let mut marked = String::with_capacity(text.len());
    let mut references = Vec::new();
    for part in template.parts {
        match part {
            Part::Text(text) => marked.push_str(&text),
            Part::Reference(reference) => {
                marked.push(MARK);
                marked.push_str(&references.len().to_string());
                marked.push(MARK);
                references.push(reference);
            }
        }
    }
    let mut reader = Reader { references, findings, source, span, original: text };
    let mut events = Parser::new_ext(&marked, Options::empty());
    let blocks = reader.blocks(&mut events, None);
    Prose { blocks, span }
}

struct Reader<'a> {
    references: Vec<Reference>,
    findings: &'a mut Vec<Finding>,
    source: &'a Source,
    span: Span,
    original: &'a str,
}

impl Reader<'_> {
    /// Reads blocks until `end`, or to the end of the text.
    fn blocks(&mut self, events: &mut Parser<'_>, end: Option<TagEnd>) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut loose = Vec::new();
        while let Some(event) = events.next() {
            match event {
                Event::End(tag) if Some(tag) == end => break,
                Event::Start(Tag::Paragraph) => blocks.push(Block::Paragraph(self.inlines(events, TagEnd::Paragraph))),
                Event::Start(Tag::List(first)) => {
                    self.flush(&mut loose, &mut blocks);
                    let end = TagEnd::List(first.is_some());
                    let mut items = Vec::new();
                    while let Some(event) = events.next() {
                        match event {
                            Event::End(tag) if tag == end => break,
                            Event::Start(Tag::Item) => items.push(self.blocks(events, Some(TagEnd::Item))),
                            _ => {}
                        }
                    }
                    blocks.push(Block::List { first, items });
                }
                Event::Start(Tag::CodeBlock(kind)) => {
                    self.flush(&mut loose, &mut blocks);
                    let mut text = String::new();
                    for event in events.by_ref() {
                        match event {
                            Event::End(TagEnd::CodeBlock) => break,
                            Event::Text(piece) => text.push_str(&self.unmarked(&piece)),
                            _ => {}
                        }
                    }
                    let language = match kind {
                        CodeBlockKind::Fenced(name) if !name.is_empty() => Some(name.to_string()),
                        _ => None,
                    };
                    blocks.push(Block::Code { language, text });
                }
                Event::Start(Tag::Heading { .. }) => {
                    self.refuse("#", "a heading stands in the prose", "make it the title of a section or step");
                }
                Event::Start(Tag::BlockQuote(_)) => {
                    self.refuse(">", "a quotation stands in the prose", "write a plain paragraph");
                }
                Event::Start(Tag::HtmlBlock) => {}
                Event::Html(html) => self.html(&html),
                Event::Rule => self.refuse("---", "a rule stands in the prose", "begin a new section"),
                // In a tight list the text of an item comes without a paragraph around it.
                other => loose.extend(self.inline(other, events)),
            }
        }
        self.flush(&mut loose, &mut blocks);
        blocks
    }

    fn flush(&self, loose: &mut Vec<Inline>, blocks: &mut Vec<Block>) {
        if !loose.is_empty() {
            blocks.push(Block::Paragraph(join(std::mem::take(loose))));
        }
    }

    fn inlines(&mut self, events: &mut Parser<'_>, end: TagEnd) -> Vec<Inline> {
        let mut out = Vec::new();
        while let Some(event) = events.next() {
            if event == Event::End(end) {
                break;
            }
            out.extend(self.inline(event, events));
        }
        join(out)
    }

    fn inline(&mut self, event: Event<'_>, events: &mut Parser<'_>) -> Vec<Inline> {
        match event {
            Event::Text(text) => self.parts(&text).into_iter().map(Inline::from).collect(),
            Event::Code(text) => vec![Inline::Code(Template { parts: self.parts(&text), span: self.span })],
            Event::SoftBreak => vec![Inline::SoftBreak],
            Event::HardBreak => vec![Inline::HardBreak],
            Event::Start(Tag::Strong) => vec![Inline::Strong(self.inlines(events, TagEnd::Strong))],
            Event::Start(Tag::Emphasis) => vec![Inline::Emphasis(self.inlines(events, TagEnd::Emphasis))],
            Event::Start(Tag::Link { link_type, dest_url, .. }) => {
                let content = self.inlines(events, TagEnd::Link);
                let href = Template { parts: self.parts(&dest_url), span: self.span };
                if link_type != LinkType::Email && !self.is_safe(&href, &dest_url) {
                    return content;
                }
                vec![Inline::Link { href, content }]
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                let content = self.inlines(events, TagEnd::Image);
                let text = plain(&content);
                if text.trim().is_empty() {
                    let here = self.find(&dest_url);
                    let message = format!("the image `{dest_url}` has no text in its place");
                    self.findings.push(Finding::new(&IMAGE_WITHOUT_TEXT, here, message));
                }
                vec![Inline::Image { source: dest_url.to_string(), text }]
            }
            Event::InlineHtml(html) | Event::Html(html) => {
                self.html(&html);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// The text with the references back in their places.
    fn parts(&self, text: &str) -> Vec<Part> {
        let mut parts = Vec::new();
        for (n, piece) in text.split(MARK).enumerate() {
            let reference = if n % 2 == 1 { piece.parse().ok().and_then(|n: usize| self.references.get(n)) } else { None };
            match reference {
                Some(reference) => parts.push(Part::Reference(reference.clone())),
                None if piece.is_empty() => {}
                None => parts.push(Part::Text(piece.to_owned())),
            }
        }
        parts
    }

    /// The text with the references as they were written.
    fn unmarked(&self, text: &str) -> String {
        self.parts(text)
            .into_iter()
            .map(|part| match part {
                Part::Text(text) => text,
                Part::Reference(reference) => self.source.slice(reference.span).to_owned(),
            })
            .collect()
    }

    fn is_safe(&mut self, href: &Template, target: &str) -> bool {
        let safe = match href.parts.first() {
            Some(Part::Text(text)) => {
                ["https://", "mailto:", "/", "#"].iter().any(|start| text.starts_with(start)) && !text.starts_with("//")
            }
            Some(Part::Reference(_)) => true,
            None => false,
        };
        if !safe {
            let here = self.find(target);
            self.findings.push(Finding::new(&BAD_LINK, here, format!("`{target}` is not a target to follow")));
        }
        safe
    }

    fn html(&mut self, html: &str) {
        let html = html.trim();
        if !html.is_empty() {
            let here = self.find(html);
            let found = Finding::new(&PROSE_MARKUP, here, "raw HTML stands in the prose")
                .mend("use Markdown, or put it between backticks to show it");
            self.findings.push(found);
        }
    }

    fn refuse(&mut self, needle: &str, message: &str, mend: &str) {
        let here = self.find(needle);
        self.findings.push(Finding::new(&PROSE_MARKUP, here, message).mend(mend));
    }

    fn find(&self, needle: &str) -> Span {
        match self.original.find(needle) {
            Some(at) => self.source.within(self.span, self.original, at..at + needle.len()),
            None => self.source.first_line(self.span),
        }
    }
}

impl From<Part> for Inline {
    fn from(part: Part) -> Self {
        match part {
            Part::Text(text) => Self::Text(text),
            Part::Reference(reference) => Self::Reference(reference),
        }
    }
}

/// Neighbouring texts as one: Markdown hands them out in pieces.
fn join(list: Vec<Inline>) -> Vec<Inline> {
    let mut out: Vec<Inline> = Vec::with_capacity(list.len());
    for inline in list {
        match (out.last_mut(), inline) {
            (Some(Inline::Text(before)), Inline::Text(text)) => before.push_str(&text),
            (_, inline) => out.push(inline),
        }
    }
    out
}

fn plain(list: &[Inline]) -> String {
    list.iter()
        .map(|inline| match inline {
            Inline::Text(text) => text.clone(),
            Inline::Strong(inner) | Inline::Emphasis(inner) => plain(inner),
            _ => " ".to_owned(),
        })
        .collect()
}
