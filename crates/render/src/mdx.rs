//! Writes a page as MDX for Mintlify: frontmatter, components, and Markdown within them.
//!
//! Each section is an element with its own id, so that links still work after a title changes. The id of an MDX heading
//! would change with the heading's text.
//!
//! **Invariant:** the page's only level-one heading is its frontmatter's title; an MDX parser never reads text as a
//! tag, an expression or code.

use crate::commonmark::{Blocks, Components, Mdx, heading};
use crate::facts;
use crate::href::Href;
use crate::markup::Markup;
use crate::page::{Block, Field, Page, Section, Style, Trouble};
use crate::part_writer::PartWriter as _;
use crate::{published, text, wording};

/// Writes the page as MDX.
pub fn mdx(page: &Page, style: Style) -> String {
    let body = match style {
        Style::Semantic => semantic(page),
        Style::Published => published::body(page),
    };
    format!("---\ntitle: {}\ndescription: {}\n---\n\n{body}", quoted(&page.title), quoted(&page.description))
}

/// Returns the text as a double-quoted YAML string, which has the syntax of a JSON string.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn semantic(page: &Page) -> String {
    // Every anchor is the id of an element, so links need no conversion.
    let targets = |href: &Href| Some(href.clone());
    let mut out = Blocks::<Mdx>::new(&targets);
    if !page.warning.is_empty() {
        out.doc.open(&Markup::syntax("<Warning>"));
        out.write(&page.warning);
        close(&mut out, "</Warning>", page.warning.last());
        out.doc.gap();
    }
    for part in &page.parts {
        out.doc.line(&Markup::syntax("<section").attribute("id", part.anchor.as_str()).raw(">"));
        out.doc.gap();
        out.doc.line(&heading(Markup::syntax("##"), &part.title));
        out.doc.gap();
        out.content(part);
        out.doc.gap();
        out.doc.raw("</section>");
        out.doc.gap();
    }
    out.doc.into_string()
}

impl Components for Mdx {
    fn section(out: &mut Blocks<'_, Self>, section: &Section) {
        out.write(&section.intro);
        if !section.steps.is_empty() {
            out.doc.open(&Markup::syntax("<Steps>"));
            for step in &section.steps {
                let tag = Markup::syntax("<Step").attribute("title", &step.title);
                out.doc.open(&tag.attribute("id", step.anchor.as_str()).raw(">"));
                out.write(&step.body);
                close(out, "</Step>", step.body.last());
                out.doc.gap();
            }
            out.doc.close("</Steps>");
            out.doc.gap();
        }
        out.write(&section.closing);
    }

    fn field(out: &mut Blocks<'_, Self>, field: &Field) {
        let tag = Markup::syntax("<ResponseField").attribute("name", &field.label);
        let tag = tag.attribute("type", &wording::kind_and_secrecy(field.kind, field.secret));
        let tag = if field.required { tag.raw(" required") } else { tag };
        out.doc.open(&tag.raw(">"));
        out.write(&field.description);
        let facts = facts::of_field_but_kind(field);
        out.facts(&facts);
        if facts.is_empty() {
            close(out, "</ResponseField>", field.description.last());
        } else {
            out.doc.close_after_gap("</ResponseField>");
        }
        out.doc.gap();
    }

    fn troubles(out: &mut Blocks<'_, Self>, troubles: &[Trouble]) {
        out.doc.open(&Markup::syntax("<AccordionGroup>"));
        for trouble in troubles {
            let title = text::plain(&trouble.message);
            out.doc.open(&Markup::syntax("<Accordion").attribute("title", &title).raw(">"));
            out.facts(&facts::of_trouble(trouble));
            out.doc.close_after_gap("</Accordion>");
            out.doc.gap();
        }
        out.doc.close("</AccordionGroup>");
    }
}

/// Writes a closing tag, after a blank line if the last block is a list: MDX would read a tag directly below a list as
/// part of the list's last item.
fn close(out: &mut Blocks<'_, Mdx>, tag: &'static str, last: Option<&Block>) {
    if matches!(last, Some(Block::List { .. } | Block::Form(_))) {
        out.doc.close_after_gap(tag);
    } else {
        out.doc.close(tag);
    }
}
