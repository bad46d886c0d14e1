//! Parses Markdown with references into prose.

mod blame;
mod marked;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, LinkType, OffsetIter, Options, Parser, Tag, TagEnd};

use crate::prose::{Block, Inline, Prose};
use crate::source::{Source, Span};
use crate::template::{Part, Template, TextReader};

use self::blame::Blame;
use self::marked::Marked;

/// The maximum nesting depth for lists, emphasis and links. Deeper nesting is rejected before it is parsed.
const MAX_DEPTH: usize = 12;

/// Parses the scalar at `span`, whose content is `text`.
pub(crate) fn read(reader: &mut TextReader<'_, '_>, text: &str, span: Span) -> Prose {
    let marked = Marked::new(reader.template(text, span));
    // Tables must be parsed so that they can be rejected. Without table parsing, they would appear as lines of `|`
    // characters.
    let mut events = Parser::new_ext(&marked.text, Options::ENABLE_TABLES).into_offset_iter();
    let source = reader.source;
    let blame = Blame::new(source, span, &marked.text, reader.findings);
    let mut reader = Reader { marked: &marked, source, span, blame, depth: 0 };
    let blocks = reader.blocks(&mut events, None);
    Prose { blocks, span }
}

struct Reader<'a> {
    marked: &'a Marked,
    source: &'a Source,
    span: Span,
    blame: Blame<'a>,
    depth: usize,
}

impl Reader<'_> {
    /// Reads blocks up to `end`, or to the end of the prose.
    fn blocks(&mut self, events: &mut OffsetIter<'_>, end: Option<TagEnd>) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut loose = Vec::new();
        while let Some((event, at)) = events.next() {
            match event {
                Event::End(tag) if Some(tag) == end => break,
                Event::Start(Tag::Paragraph) => {
                    blocks.push(Block::Paragraph(self.inlines(events, TagEnd::Paragraph)));
                }
                Event::Start(Tag::List(_)) if self.depth == MAX_DEPTH => {
                    self.blame.too_deep(at);
                    skip(events);
                }
                Event::Start(Tag::List(first)) => {
                    flush(&mut loose, &mut blocks);
                    self.depth += 1;
                    blocks.push(self.list(events, first));
                    self.depth -= 1;
                }
                Event::Start(Tag::CodeBlock(kind)) => {
                    flush(&mut loose, &mut blocks);
                    blocks.push(self.code(events, &kind));
                }
                Event::Start(Tag::Table(_)) => {
                    self.blame.table(at);
                    skip(events);
                }
                Event::Start(Tag::HtmlBlock) => {
                    self.blame.html(at);
                    skip(events);
                }
                Event::Start(Tag::Heading { .. }) => self.blame.heading(at),
                Event::Start(Tag::BlockQuote(_)) => self.blame.quotation(at),
                Event::Rule => self.blame.rule(at),
                // Items in a tight list have no paragraph around their content.
                other => loose.extend(self.inline(other, at, events)),
            }
        }
        flush(&mut loose, &mut blocks);
        blocks
    }

    fn list(&mut self, events: &mut OffsetIter<'_>, first: Option<u64>) -> Block {
        let end = TagEnd::List(first.is_some());
        let mut items = Vec::new();
        while let Some((event, _)) = events.next() {
            match event {
                Event::End(tag) if tag == end => break,
                Event::Start(Tag::Item) => items.push(self.blocks(events, Some(TagEnd::Item))),
                _ => {}
            }
        }
        Block::List { first, items }
    }

    fn code(&mut self, events: &mut OffsetIter<'_>, kind: &CodeBlockKind<'_>) -> Block {
        let mut text = String::new();
        for (event, _) in events.by_ref() {
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
        Block::Code { language, text }
    }

    fn inlines(&mut self, events: &mut OffsetIter<'_>, end: TagEnd) -> Vec<Inline> {
        let mut out = Vec::new();
        while let Some((event, at)) = events.next() {
            if event == Event::End(end) {
                break;
            }
            out.extend(self.inline(event, at, events));
        }
        join(out)
    }

    fn inline(
        &mut self,
        event: Event<'_>,
        at: std::ops::Range<usize>,
        events: &mut OffsetIter<'_>,
    ) -> Vec<Inline> {
        let nests =
            matches!(event, Event::Start(Tag::Strong | Tag::Emphasis | Tag::Link { .. } | Tag::Image { .. }));
        if nests && self.depth == MAX_DEPTH {
            self.blame.too_deep(at);
            skip(events);
            return Vec::new();
        }
        self.depth += usize::from(nests);
        let out = match event {
            Event::Text(text) => self.marked.parts(&text).into_iter().map(Inline::from).collect(),
            Event::Code(text) => {
                vec![Inline::Code(Template { parts: self.marked.parts(&text), span: self.span })]
            }
            Event::SoftBreak => vec![Inline::SoftBreak],
            Event::HardBreak => vec![Inline::HardBreak],
            Event::Start(Tag::Strong) => vec![Inline::Strong(self.inlines(events, TagEnd::Strong))],
            Event::Start(Tag::Emphasis) => vec![Inline::Emphasis(self.inlines(events, TagEnd::Emphasis))],
            Event::Start(Tag::Link { link_type, dest_url, .. }) => {
                let content = self.inlines(events, TagEnd::Link);
                let href = Template { parts: self.marked.parts(&dest_url), span: self.span };
                if link_type == LinkType::Email || is_safe(&href) {
                    vec![Inline::Link { href, content }]
                } else {
                    self.blame.link(at, &dest_url);
                    content
                }
            }
            Event::Start(Tag::Image { dest_url, .. }) => vec![self.image(events, at, &dest_url)],
            Event::InlineHtml(_) | Event::Html(_) => {
                self.blame.html(at);
                Vec::new()
            }
            _ => Vec::new(),
        };
        self.depth -= usize::from(nests);
        out
    }

    fn image(
        &mut self,
        events: &mut OffsetIter<'_>,
        at: std::ops::Range<usize>,
        file: &CowStr<'_>,
    ) -> Inline {
        let text = plain(&self.inlines(events, TagEnd::Image));
        if text.trim().is_empty() {
            self.blame.image(at, file);
        }
        Inline::Image { source: file.to_string(), text }
    }

    /// Returns a piece of the prose, with references written as in the guide.
    fn unmarked(&self, text: &str) -> String {
        self.marked
            .parts(text)
            .into_iter()
            .map(|part| match part {
                Part::Text(text) => text,
                Part::Reference(reference) => self.source.slice(reference.span).to_owned(),
            })
            .collect()
    }
}

/// Skips to the end of the element that has just begun.
fn skip(events: &mut OffsetIter<'_>) {
    let mut open = 1_usize;
    for (event, _) in events.by_ref() {
        match event {
            Event::Start(_) => open += 1,
            Event::End(_) => open -= 1,
            _ => {}
        }
        if open == 0 {
            break;
        }
    }
}

fn flush(loose: &mut Vec<Inline>, blocks: &mut Vec<Block>) {
    if !loose.is_empty() {
        blocks.push(Block::Paragraph(join(std::mem::take(loose))));
    }
}

fn is_safe(href: &Template) -> bool {
    match href.parts.first() {
        Some(Part::Text(text)) => {
            ["https://", "mailto:", "/", "#"].iter().any(|start| text.starts_with(start))
                && !text.starts_with("//")
        }
        Some(Part::Reference(_)) => true,
        None => false,
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

/// Joins adjacent text elements, because the Markdown parser splits text into pieces.
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
