//! A page as Markdown: the twin that tools and models read.
//!
//! **Invariant:** in the semantic style it is plain `CommonMark` without any tag; steps are numbered lists, and a
//! link to a step leads to the heading under which it stands, for a list item has no address.

use std::collections::BTreeMap;

use guide::Prose;

use crate::commonmark::{Blocks, CommonMark, Places, Plain, heading};
use crate::facts;
use crate::href::{Anchor, Href};
use crate::markup::{Dialect, Doc, Markup};
use crate::page::{Block, Content, Field, Inline, Page, Part, Section, Style};
use crate::published::{self, Published};
use crate::text::Context;
use crate::wording;

/// The page as Markdown.
pub fn markdown(page: &Page, style: Style) -> String {
    match style {
        Style::Semantic => semantic(page),
        Style::Published => head::<Published>(page) + "\n" + &published::body(page),
    }
}

/// Prose as Markdown, for a sentence or two beside something. Links lead where they say; a step has no place here.
pub fn markdown_prose(prose: &Prose, context: &Context<'_>) -> String {
    let mut out = Blocks::<Plain, _> { doc: Doc::new(), places: &Nowhere };
    out.blocks(&context.blocks(prose));
    out.doc.into_string().trim_end().to_owned()
}

/// Of what has no page of its own: only what is elsewhere can be led to.
struct Nowhere;

impl Places for Nowhere {
    fn place(&self, href: &Href) -> Option<Href> {
        href.fragment().is_none().then(|| href.clone())
    }
}

/// The lines that every twin begins with.
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

/// Where the headings of a page are, as GitHub and most other readers number them.
struct Headings(BTreeMap<String, Href>);

impl Headings {
    fn of(page: &Page) -> Self {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let mut places = BTreeMap::new();
        seen.insert(slug(&page.title), 1);
        for part in &page.parts {
            let slug = slug(&part.title);
            let n = seen.entry(slug.clone()).or_default();
            let name = if *n == 0 { slug } else { format!("{slug}-{n}") };
            *n += 1;
            let Some(href) = Href::parse(&format!("#{name}")) else { continue };
            let steps = match &part.content {
                Content::Section(section) | Content::Linking(section) => section.steps.as_slice(),
                _ => &[],
            };
            let mut put = |anchor: &Anchor| places.insert(anchor.as_str().to_owned(), href.clone());
            put(&part.anchor);
            for step in steps {
                put(&step.anchor);
            }
        }
        Self(places)
    }
}

impl Places for Headings {
    fn place(&self, href: &Href) -> Option<Href> {
        match href.fragment() {
            Some(name) => self.0.get(name).cloned(),
            None => Some(href.clone()),
        }
    }
}

/// The address of a heading, as GitHub makes it of the text.
fn slug(title: &str) -> String {
    let kept = title.to_lowercase();
    let kept = kept.chars().filter(|ch| ch.is_alphanumeric() || matches!(ch, ' ' | '-' | '_'));
    kept.map(|ch| if ch == ' ' { '-' } else { ch }).collect()
}

type Writer<'p> = Blocks<'p, Plain, Headings>;

fn semantic(page: &Page) -> String {
    let places = Headings::of(page);
    let mut out = Blocks { doc: Doc::new(), places: &places };
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
                out.blocks(std::slice::from_ref(other));
            }
        }
        out.doc.gap();
        out.blocks(rest);
    }
    for part in &page.parts {
        write_part(&mut out, part);
    }
    head::<CommonMark<Plain>>(page) + "\n" + &out.doc.into_string()
}

fn write_part(out: &mut Writer<'_>, part: &Part) {
    out.doc.line(&heading(Markup::syntax("##"), &part.title));
    out.doc.gap();
    match &part.content {
        Content::Needs(needs) => {
            out.blocks(&[Block::List { first: None, items: needs.clone() }]);
        }
        Content::Section(section) | Content::Linking(section) => write_section(out, section),
        Content::Fields(fields) => fields.iter().for_each(|field| write_field(out, field)),
        Content::Environments(list) => {
            for one in list {
                out.item_with_facts(&[Inline::Text(one.label.clone())], &facts::of_environment(one));
            }
        }
        Content::Permissions(list) => {
            for one in list {
                out.item_with_facts(&[Inline::Code(one.name.clone())], &facts::of_permission(one));
            }
        }
        Content::Checks { intro, checks } => {
            let line = out.inlines(Markup::new(), intro);
            out.doc.line(&line);
            out.doc.gap();
            for check in checks {
                out.check(check);
            }
        }
        Content::Troubles(troubles) => {
            for trouble in troubles {
                out.item_with_facts(&trouble.message, &facts::of_trouble(trouble));
            }
        }
        Content::Facts(lines) => out.lines(lines),
        Content::Events(events) => out.lines(&events.iter().map(facts::of_event).collect::<Vec<_>>()),
        Content::Sources(sources) => out.lines(&sources.iter().map(facts::of_source).collect::<Vec<_>>()),
    }
    out.doc.gap();
}

fn write_section(out: &mut Writer<'_>, section: &Section) {
    out.blocks(&section.intro);
    for (n, step) in (1_u64..).zip(&section.steps) {
        let title = [Inline::Strong(vec![Inline::Text(step.title.clone())])];
        out.item_of(&Markup::new().number(n).raw(". "), |out| {
            let title = out.inlines(Markup::new(), &title);
            out.doc.line(&title);
            out.doc.gap();
            out.blocks(&step.body);
        });
        out.doc.gap();
    }
    out.blocks(&section.closing);
}

fn write_field(out: &mut Writer<'_>, field: &Field) {
    out.doc.line(&heading(Markup::syntax("###"), &field.label));
    out.doc.gap();
    out.blocks(&field.description);
    out.facts(&facts::of_field(field));
    out.doc.gap();
}
