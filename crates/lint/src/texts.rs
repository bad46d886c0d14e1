//! The prose of a guide, and its text in various forms.

use guide::{Block, Guide, Inline, Method, Prose, Step, Template, Walkthrough};

/// All prose of a guide in source order, each piece with its method.
pub(crate) fn of_guide(guide: &Guide) -> impl Iterator<Item = (&Method, &Prose)> {
    guide.methods.iter().flat_map(|method| of_method(method).map(move |prose| (method, prose)))
}

/// All prose of a method: field descriptions, and the link and setup guides.
pub(crate) fn of_method(method: &Method) -> impl Iterator<Item = &Prose> {
    let fields = method.fields.iter().filter_map(|field| field.description.as_ref());
    fields.chain(parts(method).flat_map(of_walkthrough))
}

/// The method's link guide, followed by its setup guide if it has one.
pub(crate) fn parts(method: &Method) -> impl Iterator<Item = &Walkthrough> {
    std::iter::once(&method.link).chain(&method.setup)
}

/// The steps of the link and setup guides, in order.
pub(crate) fn steps(method: &Method) -> impl Iterator<Item = &Step> {
    parts(method).flat_map(Walkthrough::steps).map(|(_, step)| step)
}

/// The text of inline content on one line, with each reference replaced by a space.
pub(crate) fn words(content: &[Inline]) -> String {
    content
        .iter()
        .map(|inline| match inline {
            Inline::Text(text) => text.clone(),
            Inline::Code(template) => literal(template),
            Inline::Strong(inner) | Inline::Emphasis(inner) | Inline::Link { content: inner, .. } => {
                words(inner)
            }
            Inline::Reference(_) | Inline::Image { .. } | Inline::SoftBreak | Inline::HardBreak => {
                " ".to_owned()
            }
        })
        .collect()
}

/// The text of a template without references, or a space if it has any.
fn literal(template: &Template) -> String {
    template.as_literal().unwrap_or(" ").to_owned()
}

fn of_walkthrough(part: &Walkthrough) -> impl Iterator<Item = &Prose> {
    let sections = part
        .sections
        .iter()
        .flat_map(|section| section.intro.iter().chain(section.steps.iter().map(|step| &step.body)));
    part.warning.iter().chain(&part.needs).chain(sections)
}

/// A piece of prose as plain text with its markup and references, so that two versions can be compared.
pub(crate) fn plain(prose: &Prose) -> String {
    let mut out = String::new();
    plain_blocks(&prose.blocks, &mut out);
    out
}

fn plain_blocks(list: &[Block], out: &mut String) {
    for block in list {
        match block {
            Block::Paragraph(content) => plain_inlines(content, out),
            Block::List { first, items } => {
                for item in items {
                    out.push_str(if first.is_some() { "1. " } else { "- " });
                    plain_blocks(item, out);
                }
            }
            Block::Code { text, .. } => out.push_str(text),
        }
        out.push('\n');
    }
}

fn plain_inlines(list: &[Inline], out: &mut String) {
    for inline in list {
        match inline {
            Inline::Text(text) => out.push_str(text),
            Inline::Reference(reference) => out.push_str(&reference.to_string()),
            Inline::Code(template) => out.push_str(&format!("`{template}`")),
            Inline::Strong(content) => {
                out.push_str("**");
                plain_inlines(content, out);
                out.push_str("**");
            }
            Inline::Emphasis(content) => {
                out.push('*');
                plain_inlines(content, out);
                out.push('*');
            }
            Inline::Link { href, content } => {
                plain_inlines(content, out);
                out.push_str(&format!("({href})"));
            }
            Inline::Image { source, text } => out.push_str(&format!("!{text}({source})")),
            Inline::SoftBreak => out.push(' '),
            Inline::HardBreak => out.push('\n'),
        }
    }
}
