//! A page as Markdown: the twin for tools and language models.
//!
//! **Invariant:** the semantic style is plain `CommonMark` without tags. Steps are items of numbered lists, which have
//! no anchors, so a link to a step points to the heading above it.

use std::collections::BTreeMap;

use guide::Prose;

use crate::commonmark::{Blocks, CommonMark, Components, Plain, heading};
use crate::facts;
use crate::href::Href;
use crate::markup::{Dialect, Doc, Markup};
use crate::page::{Block, Field, Inline, Page, Section, Style, Trouble};
use crate::part_writer::PartWriter as _;
use crate::published::{self, Published};
use crate::text::Context;
use crate::wording;

/// Writes the page as Markdown.
pub fn markdown(page: &Page, style: Style) -> String {
    match style {
        Style::Semantic => semantic(page),
        Style::Published => head::<Published>(page) + "\n" + &published::body(page),
    }
}

/// Writes prose as Markdown, for use outside a page. A link to a step becomes text, because the step is not part of the
/// output.
pub fn markdown_prose(prose: &Prose, context: &Context<'_>) -> String {
    // Outside a page, anchors have no target.
    let targets = |href: &Href| href.fragment().is_none().then(|| href.clone());
    let mut out = Blocks::<Plain>::new(&targets);
    out.write(&context.blocks(prose));
    out.doc.into_string().trim_end().to_owned()
}

/// Writes the beginning of a Markdown page: the lines at the top of the Markdown twin, the title, and the description.
fn head<D: Dialect>(page: &Page) -> String {
    let mut doc = Doc::<D>::new();
    for line in &page.twin_head {
        let mark = Markup::syntax("> ");
        doc.line(&match line.level {
            Some(level) => heading(mark.repeat('#', usize::from(level)), &line.text),
            None => mark.then(&Markup::of(&line.text)),
        });
    }
    if !page.twin_head.is_empty() {
        doc.gap();
    }
    doc.line(&heading(Markup::syntax("#"), &page.title));
    doc.gap();
    doc.line(&Markup::syntax("> ").then(&Markup::of(&page.description)));
    doc.into_string()
}

/// Returns the addresses of a page's headings, by anchor, as GitHub and most other renderers generate them.
fn headings(page: &Page) -> BTreeMap<&str, Href> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut headings = BTreeMap::new();
    seen.insert(slug(&page.title), 1);
    for part in &page.parts {
        let slug = slug(&part.title);
        let n = seen.entry(slug.clone()).or_default();
        let name = if *n == 0 { slug } else { format!("{slug}-{n}") };
        *n += 1;
        let Some(href) = Href::parse(&format!("#{name}")) else { continue };
        for step in part.content.section().into_iter().flat_map(|section| &section.steps) {
            headings.insert(step.anchor.as_str(), href.clone());
        }
        headings.insert(part.anchor.as_str(), href);
    }
    headings
}

/// Returns the address that GitHub generates from a heading's text.
fn slug(title: &str) -> String {
    let kept = title.to_lowercase();
    let kept = kept.chars().filter(|ch| ch.is_alphanumeric() || matches!(ch, ' ' | '-' | '_'));
    kept.map(|ch| if ch == ' ' { '-' } else { ch }).collect()
}

fn semantic(page: &Page) -> String {
    let headings = headings(page);
    let targets = |href: &Href| match href.fragment() {
        Some(name) => headings.get(name).cloned(),
        None => Some(href.clone()),
    };
    let mut out = Blocks::<Plain>::new(&targets);
    if let Some((first, rest)) = page.warning.split_first() {
        let word = Markup::syntax("**").text(wording::WARNING).raw(":** ");
        match first {
            Block::Paragraph(content) => {
                let line = out.inlines(word, content);
                out.doc.line(&line);
            }
            other => {
                out.doc.line(&word);
                out.doc.gap();
                out.write(std::slice::from_ref(other));
            }
        }
        out.doc.gap();
        out.write(rest);
    }
    for part in &page.parts {
        out.doc.line(&heading(Markup::syntax("##"), &part.title));
        out.doc.gap();
        out.content(part);
        out.doc.gap();
    }
    head::<CommonMark<Plain>>(page) + "\n" + &out.doc.into_string()
}

impl Components for Plain {
    fn section(out: &mut Blocks<'_, Self>, section: &Section) {
        out.write(&section.intro);
        for (n, step) in (1_u64..).zip(&section.steps) {
            let title = [Inline::Strong(vec![Inline::Text(step.title.clone())])];
            out.item(&Markup::new().number(n).raw(". "), |out| {
                let title = out.inlines(Markup::new(), &title);
                out.doc.line(&title);
                out.doc.gap();
                out.write(&step.body);
            });
            out.doc.gap();
        }
        out.write(&section.closing);
    }

    fn field(out: &mut Blocks<'_, Self>, field: &Field) {
        out.doc.line(&heading(Markup::syntax("###"), &field.label));
        out.doc.gap();
        out.write(&field.description);
        out.facts(&facts::of_field(field));
        out.doc.gap();
    }

    fn troubles(out: &mut Blocks<'_, Self>, troubles: &[Trouble]) {
        for trouble in troubles {
            out.item_with_facts(&trouble.message, &facts::of_trouble(trouble));
        }
    }
}
