//! Finds the prose in a guide, and converts prose to plain text.

use guide::{Block, Guide, Inline, Method, Prose, Section, Step, Walkthrough};

/// All prose in a guide in source order, each piece with its method.
pub(crate) fn of_guide(guide: &Guide) -> impl Iterator<Item = (&Method, &Prose)> {
    guide.methods.iter().flat_map(|method| of_method(method).map(move |prose| (method, prose)))
}

/// All prose in a method: field descriptions, and the link and setup guides.
pub(crate) fn of_method(method: &Method) -> impl Iterator<Item = &Prose> {
    let fields = method.fields.iter().filter_map(|field| field.description.as_ref());
    fields.chain(parts(method).flat_map(of_walkthrough))
}

/// The method's link guide, followed by its setup guide if it has one.
pub(crate) fn parts(method: &Method) -> impl Iterator<Item = &Walkthrough> {
    std::iter::once(&method.link).chain(&method.setup)
}

/// The sections of the link and setup guides, in order.
pub(crate) fn sections(method: &Method) -> impl Iterator<Item = &Section> {
    parts(method).flat_map(|part| &part.sections)
}

/// The steps of the link and setup guides, in order.
pub(crate) fn steps(method: &Method) -> impl Iterator<Item = &Step> {
    sections(method).flat_map(|section| &section.steps)
}

/// The text of inline content on one line, with each reference replaced by a space.
pub(crate) fn words(content: &[Inline]) -> String {
    content
        .iter()
        .map(|inline| match inline {
            Inline::Text(text) => text.clone(),
            Inline::Code(template) => template.as_literal().unwrap_or(" ").to_owned(),
            Inline::Strong(inner) | Inline::Emphasis(inner) | Inline::Link { content: inner, .. } => {
                words(inner)
            }
            Inline::Reference(_) | Inline::Image { .. } | Inline::SoftBreak | Inline::HardBreak => {
                " ".to_owned()
            }
        })
        .collect()
}

/// The paragraphs in these blocks, including paragraphs in lists, in order. Skips code blocks.
pub(crate) fn paragraphs<'g>(blocks: &'g [Block]) -> Vec<&'g [Inline]> {
    let of_block = |block: &'g Block| match block {
        Block::Paragraph(content) => vec![content.as_slice()],
        Block::List { items, .. } => items.iter().flat_map(|item| paragraphs(item)).collect(),
        Block::Code { .. } => Vec::new(),
    };
    blocks.iter().flat_map(of_block).collect()
}

/// All prose in a link or setup guide, in order.
pub(crate) fn of_walkthrough(part: &Walkthrough) -> impl Iterator<Item = &Prose> {
    let sections = part
        .sections
        .iter()
        .flat_map(|section| section.intro.iter().chain(section.steps.iter().map(|step| &step.body)));
    part.warning.iter().chain(&part.needs).chain(sections)
}

/// A piece of prose as a string that includes its markup and references, so that two versions can be compared.
pub(crate) fn plain(prose: &Prose) -> String {
    plain_blocks(&prose.blocks)
}

fn plain_blocks(list: &[Block]) -> String {
    let plain_block = |block: &Block| match block {
        Block::Paragraph(content) => plain_inlines(content),
        Block::List { first, items } => {
            let mark = if first.is_some() { "1." } else { "-" };
            items.iter().map(|item| format!("{mark} {}", plain_blocks(item))).collect()
        }
        Block::Code { text, .. } => text.clone(),
    };
    list.iter().map(|block| plain_block(block) + "\n").collect()
}

fn plain_inlines(list: &[Inline]) -> String {
    let plain_inline = |inline: &Inline| match inline {
        Inline::Text(text) => text.clone(),
        Inline::Reference(reference) => reference.to_string(),
        Inline::Code(template) => format!("`{template}`"),
        Inline::Strong(content) => format!("**{}**", plain_inlines(content)),
        Inline::Emphasis(content) => format!("*{}*", plain_inlines(content)),
        Inline::Link { href, content } => format!("{}({href})", plain_inlines(content)),
        Inline::Image { source, text } => format!("!{text}({source})"),
        Inline::SoftBreak => " ".to_owned(),
        Inline::HardBreak => "\n".to_owned(),
    };
    list.iter().map(plain_inline).collect()
}
