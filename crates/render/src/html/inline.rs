//! Writes blocks and running text as HTML.
//!
//! **Invariant:** lists are written as list elements, and screen readers skip the separators in menu paths.

use super::dialect::Html;
use super::form;
use crate::href::Picture;
use crate::markup::{Doc, Markup};
use crate::page::{Block, Break, Inline};
use crate::wording;

pub(super) fn blocks(doc: &mut Doc<Html>, list: &[Block]) {
    for block in list {
        one(doc, block);
    }
}

fn one(doc: &mut Doc<Html>, block: &Block) {
    match block {
        Block::Paragraph(content) => doc.line(&inlines(Markup::syntax("<p>"), content).raw("</p>")),
        Block::List { first, items } => {
            doc.open(&match first {
                None => Markup::syntax("<ul>"),
                Some(1) => Markup::syntax("<ol>"),
                Some(first) => Markup::syntax("<ol start=\"").number(*first).raw("\">"),
            });
            for item in items {
                list_item(doc, item);
            }
            doc.close(if first.is_some() { "</ol>" } else { "</ul>" });
        }
        Block::Code { text, .. } => {
            // After a line break, the document's indentation would become part of the code, so line breaks are written
            // as character references.
            let lines = text.trim_end_matches('\n').split('\n');
            let code =
                lines.enumerate().fold(Markup::syntax("<pre tabindex=\"0\"><code>"), |out, (n, line)| {
                    if n == 0 { out.text(line) } else { out.raw("&#10;").text(line) }
                });
            doc.line(&code.raw("</code></pre>"));
        }
        Block::Form(fields) => form::figure(doc, fields),
    }
}

fn list_item(doc: &mut Doc<Html>, item: &[Block]) {
    if let [Block::Paragraph(content)] = item {
        doc.line(&inlines(Markup::syntax("<li>"), content).raw("</li>"));
        return;
    }
    doc.open(&Markup::syntax("<li>"));
    blocks(doc, item);
    doc.close("</li>");
}

pub(super) fn inlines(out: Markup<Html>, list: &[Inline]) -> Markup<Html> {
    list.iter().fold(out, |out, inline| match inline {
        Inline::Text(text) => out.text(text),
        Inline::Code(text) => out.raw("<code>").text(text).raw("</code>"),
        Inline::Strong(content) => inlines(out.raw("<strong>"), content).raw("</strong>"),
        Inline::Path(names) => path(out, names),
        Inline::Emphasis(content) => inlines(out.raw("<em>"), content).raw("</em>"),
        Inline::Placeholder(name) => out.raw("<var>").text(&wording::placeholder(name)).raw("</var>"),
        Inline::Link { href, content } => {
            let tag = out.raw("<a").attribute("href", href.as_str());
            let tag = if href.is_external() { tag.raw(" rel=\"noopener noreferrer\"") } else { tag };
            inlines(tag.raw(">"), content).raw("</a>")
        }
        Inline::Image { source: Picture::File(name), text } => {
            out.raw("<img").attribute("src", name).attribute("alt", text).raw(">")
        }
        Inline::Image { source: Picture::Elsewhere(href), text } => out
            .raw("<a")
            .attribute("href", href.as_str())
            .raw(" rel=\"noopener noreferrer\">")
            .text(wording::IMAGE)
            .raw(": ")
            .text(text)
            .raw("</a>"),
        Inline::Break(Break::Soft) => out.raw(" "),
        Inline::Break(Break::Hard) => out.raw("<br>"),
    })
}

fn path(out: Markup<Html>, names: &[String]) -> Markup<Html> {
    let out = names.iter().enumerate().fold(out.raw("<strong class=\"path\">"), |out, (n, name)| {
        let out = if n == 0 { out } else { out.raw(" <span aria-hidden=\"true\">&gt;</span> ") };
        out.raw("<span>").text(name).raw("</span>")
    });
    out.raw("</strong>")
}
