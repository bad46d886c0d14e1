//! A page as MDX for Mintlify: frontmatter, components, and Markdown within them.
//!
//! A section is an element with an id, for a heading has none of its own in MDX: links hang on keys, and titles
//! can change.
//!
//! **Invariant:** the one level-one heading of the page is its frontmatter's title; no text is read as a tag, an
//! expression or code.

use crate::commonmark::{Blocks, Mdx, Places, heading};
use crate::facts;
use crate::href::Href;
use crate::markup::{Doc, Markup};
use crate::page::{Block, Content, Field, Inline, Page, Part, Section, Style, Trouble};
use crate::{published, text, wording};

/// The page as MDX.
pub fn mdx(page: &Page, style: Style) -> String {
    let body = match style {
        Style::Semantic => semantic(page),
        Style::Published => published::body(page),
    };
    format!("---\ntitle: {}\ndescription: {}\n---\n\n{body}", quoted(&page.title), quoted(&page.description))
}

/// A text as YAML writes it between double quotes: as JSON does.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Every place of a page has an id in MDX.
struct Ids;

impl Places for Ids {
    fn place(&self, href: &Href) -> Option<Href> {
        Some(href.clone())
    }
}

type Writer<'p> = Blocks<'p, Mdx, Ids>;

fn semantic(page: &Page) -> String {
    let mut out = Blocks { doc: Doc::new(), places: &Ids };
    if !page.warning.is_empty() {
        out.doc.open(&Markup::syntax("<Warning>"));
        out.blocks(&page.warning);
        close(&mut out, "</Warning>", page.warning.last());
        out.doc.gap();
    }
    for part in &page.parts {
        write_part(&mut out, part);
    }
    out.doc.into_string()
}

fn write_part(out: &mut Writer<'_>, part: &Part) {
    out.doc.line(&Markup::syntax("<section").attribute("id", part.anchor.as_str()).raw(">"));
    out.doc.gap();
    out.doc.line(&heading(Markup::syntax("##"), &part.title));
    out.doc.gap();
    match &part.content {
        Content::Needs(needs) => out.blocks(&[Block::List { first: None, items: needs.clone() }]),
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
            out.doc.open(&Markup::syntax("<AccordionGroup>"));
            for trouble in troubles {
                write_trouble(out, trouble);
            }
            out.doc.close("</AccordionGroup>");
        }
        Content::Facts(lines) => out.lines(lines),
        Content::Events(events) => out.lines(&events.iter().map(facts::of_event).collect::<Vec<_>>()),
        Content::Sources(sources) => out.lines(&sources.iter().map(facts::of_source).collect::<Vec<_>>()),
    }
    out.doc.gap();
    out.doc.raw("</section>");
    out.doc.gap();
}

fn write_section(out: &mut Writer<'_>, section: &Section) {
    out.blocks(&section.intro);
    if !section.steps.is_empty() {
        out.doc.open(&Markup::syntax("<Steps>"));
        for step in &section.steps {
            let tag = Markup::syntax("<Step").attribute("title", &step.title);
            out.doc.open(&tag.attribute("id", step.anchor.as_str()).raw(">"));
            out.blocks(&step.body);
            close(out, "</Step>", step.body.last());
            out.doc.gap();
        }
        out.doc.close("</Steps>");
        out.doc.gap();
    }
    out.blocks(&section.closing);
}

/// A closing tag right under a list would be taken for a line of its last item.
fn close(out: &mut Writer<'_>, tag: &'static str, last: Option<&Block>) {
    if matches!(last, Some(Block::List { .. } | Block::Form(_))) {
        out.doc.close_apart(tag);
    } else {
        out.doc.close(tag);
    }
}

fn write_field(out: &mut Writer<'_>, field: &Field) {
    let tag = Markup::syntax("<ResponseField").attribute("name", &field.label);
    let tag = tag.attribute("type", &wording::kind_and_secrecy(field.kind, field.secret));
    let tag = if field.required { tag.raw(" required") } else { tag };
    out.doc.open(&tag.raw(">"));
    out.blocks(&field.description);
    let facts = facts::of_field_but_kind(field);
    out.facts(&facts);
    if facts.is_empty() {
        close(out, "</ResponseField>", field.description.last());
    } else {
        out.doc.close_apart("</ResponseField>");
    }
    out.doc.gap();
}

fn write_trouble(out: &mut Writer<'_>, trouble: &Trouble) {
    out.doc.open(&Markup::syntax("<Accordion").attribute("title", &text::plain(&trouble.message)).raw(">"));
    out.facts(&facts::of_trouble(trouble));
    out.doc.close_apart("</Accordion>");
    out.doc.gap();
}
