//! A page with the structure that StackOne publishes: MDX that consists of tags with scope attributes.
//!
//! The page is parsed as MDX. Its Markdown twin can be parsed by any Markdown renderer, which treats the tags as raw
//! HTML. A backslash within raw HTML is a literal backslash, so characters that would be read as syntax are written as
//! character references, which both parsers decode.
//!
//! **Invariant:** ordinary text is written verbatim; text never opens a tag or an expression.

use std::fmt::Write as _;

use guide::Purpose;

use crate::commonmark::{code_block, starts_reference};
use crate::markup::{Dialect, Doc, Markup, begins_line};
use crate::page::{Action, Block, Content, FormField, Inline, Page, Section, Step};

/// The dialect of a published page.
pub(crate) struct Published;

impl Dialect for Published {
    fn text(out: &mut String, text: &str) {
        let starts = begins_line(out);
        let text = if starts { text.trim_start() } else { text };
        for (at, ch) in text.char_indices() {
            if active(ch, out.chars().next_back(), text, at, starts) {
                reference(out, ch);
            } else {
                out.push(ch);
            }
        }
    }

    fn attribute(out: &mut String, text: &str) {
        for (at, ch) in text.char_indices() {
            match ch {
                // MDX reads braces in a quoted attribute as text.
                '"' | '<' | '>' => reference(out, ch),
                '&' if starts_reference(&text[at..]) => reference(out, ch),
                _ => out.push(ch),
            }
        }
    }
}

fn reference(out: &mut String, ch: char) {
    match ch {
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '&' => out.push_str("&amp;"),
        ch => {
            let _ = write!(out, "&#x{:x};", u32::from(ch));
        }
    }
}

/// Returns whether a character would be read as syntax at this position. `starts` is true if `text` is at the beginning
/// of a line.
fn active(ch: char, before: Option<char>, text: &str, at: usize, starts: bool) -> bool {
    let after = text[at + ch.len_utf8()..].chars().next();
    let line_start = starts && at == 0;
    let letter = |ch: Option<char>| ch.is_some_and(char::is_alphanumeric);
    match ch {
        '<' | '{' | '}' | '`' => true,
        '&' => starts_reference(&text[at..]),
        '\\' => after.is_none_or(|next| next.is_ascii_punctuation()),
        // Emphasis requires a closing mark. A mark after white space, or between punctuation and a letter, cannot close
        // emphasis.
        '*' | '_' | '~' => {
            let within_word = ch == '_' && letter(before) && letter(after);
            let mark = |ch: char| ch.is_ascii_punctuation() && !matches!(ch, '*' | '_' | '~');
            let after_mark = before.is_some_and(mark) && letter(after);
            let begins = before.is_some_and(char::is_whitespace) || after_mark;
            !within_word && (line_start || !begins)
        }
        ']' => after == Some('('),
        ':' if text[at..].starts_with("://") => line_start || swallows(text, at, starts),
        '.' if at >= 3 && text.as_bytes()[at - 3..at].eq_ignore_ascii_case(b"www") => {
            swallows(text, at, starts)
        }
        '#' | '>' | '+' | '-' | '=' | '[' | '|' | ':' => line_start,
        '.' | ')' => starts && (1..=9).contains(&at) && text[..at].bytes().all(|b| b.is_ascii_digit()),
        // MDX reads a line that begins with one of these words as code.
        'i' | 'e' => line_start && (text[at..].starts_with("import") || text[at..].starts_with("export")),
        _ => false,
    }
}

/// Returns whether an address that contains syntax characters begins here. Renderers turn an address into a link, which
/// would show the character references for these characters.
///
/// Looks only at the first 2048 characters, because this function runs again at every colon.
fn swallows(text: &str, at: usize, starts: bool) -> bool {
    let mut before = text[at..].chars().next();
    let mut address = text[at + 1..].char_indices().take_while(|(_, ch)| !ch.is_whitespace()).take(2048);
    address.any(|(n, ch)| {
        // A colon or period within the address does not begin another address.
        let found = !matches!(ch, ':' | '.') && active(ch, before, text, at + 1 + n, starts);
        before = Some(ch);
        found
    })
}

/// Writes the page's warning, the panel of actions, the sections and the trailing block.
pub(crate) fn body(page: &Page) -> String {
    let mut doc = Doc::<Published>::new();
    warning(&mut doc, &page.warning);
    if !page.actions.is_empty() {
        panel(&mut doc, &page.actions);
    }
    for part in &page.parts {
        match &part.content {
            Content::Section(one) if one.purpose == Purpose::Obtain => section(&mut doc, &part.title, one),
            Content::Linking(one) => trailing(&mut doc, &part.title, one),
            _ => {}
        }
    }
    doc.into_string()
}

fn warning(doc: &mut Doc<Published>, content: &[Block]) {
    match content {
        [] => return,
        [Block::Paragraph(content)] => {
            doc.line(&inlines(Markup::syntax("<Warning>"), content).raw("</Warning>"));
        }
        several => {
            doc.open(&Markup::syntax("<Warning>"));
            blocks(doc, several, Paragraph::BareLine);
            doc.close("</Warning>");
        }
    }
    doc.gap();
}

fn panel(doc: &mut Doc<Published>, actions: &[Action]) {
    let list: Vec<_> = actions
        .iter()
        .map(|action| serde_json::json!({ "id": action.id, "label": action.label, "scopes": action.scopes }))
        .collect();
    let tag = Markup::syntax("<div")
        .attribute("className", "not-prose guides-scope-selector")
        .raw(" data-guides-scope-selector")
        .attribute("data-guide-actions-json", &serde_json::Value::from(list).to_string())
        .raw("></div>");
    doc.open(&Markup::syntax("<Panel>"));
    doc.line(&tag);
    doc.close("</Panel>");
    doc.gap();
}

fn section(doc: &mut Doc<Published>, title: &str, section: &Section) {
    let tag = Markup::syntax("<section data-guide-section");
    doc.open(&tag.attribute("data-guide-scopes", &section.scopes.join(" ")).raw(">"));
    heading(doc, title);
    blocks(doc, &section.intro, Paragraph::Element);
    steps(doc, &section.steps, |doc, step| {
        let tag = Markup::syntax("<div data-guide-step");
        let tag = tag.attribute("data-guide-scopes", &step.scopes.join(" "));
        doc.open(&tag.raw(" data-guide-display-scopes-list=\"\">"));
        blocks(doc, &step.body, Paragraph::Element);
        doc.close("</div>");
    });
    if !section.closing.is_empty() {
        doc.open(&Markup::syntax("<div data-whitelabel-hide>"));
        blocks(doc, &section.closing, Paragraph::Element);
        doc.close("</div>");
    }
    doc.close("</section>");
    doc.gap();
}

fn trailing(doc: &mut Doc<Published>, title: &str, section: &Section) {
    doc.open(&Markup::syntax("<div data-whitelabel-hide>"));
    heading(doc, title);
    blocks(doc, &section.intro, Paragraph::Element);
    steps(doc, &section.steps, |doc, step| blocks(doc, &step.body, Paragraph::BareLine));
    blocks(doc, &section.closing, Paragraph::Element);
    doc.close("</div>");
    doc.gap();
}

fn heading(doc: &mut Doc<Published>, title: &str) {
    doc.line(&Markup::syntax("<h2>").text(title).raw("</h2>"));
    doc.gap();
}

fn steps(doc: &mut Doc<Published>, steps: &[Step], content: impl Fn(&mut Doc<Published>, &Step)) {
    if steps.is_empty() {
        return;
    }
    doc.open(&Markup::syntax("<Steps>"));
    for step in steps {
        doc.open(&Markup::syntax("<Step").attribute("title", &step.title).raw(">"));
        content(doc, step);
        doc.close("</Step>");
        doc.gap();
    }
    doc.close("</Steps>");
    doc.gap();
}

/// The form of a paragraph.
#[derive(Clone, Copy)]
enum Paragraph {
    Element,
    BareLine,
}

fn blocks(doc: &mut Doc<Published>, list: &[Block], form: Paragraph) {
    for block in list {
        one_block(doc, block, form);
        doc.gap();
    }
}

fn one_block(doc: &mut Doc<Published>, block: &Block, form: Paragraph) {
    match block {
        Block::Paragraph(content) => doc.line(&match form {
            Paragraph::Element => inlines(Markup::syntax("<p>"), content).raw("</p>"),
            Paragraph::BareLine => inlines(Markup::new(), content),
        }),
        Block::List { first, items } => {
            let numbered = first.is_some();
            doc.open(&Markup::syntax(if numbered { "<ol>" } else { "<ul>" }));
            for item in items {
                list_item(doc, item);
            }
            doc.close(if numbered { "</ol>" } else { "</ul>" });
        }
        Block::Code { language, text } => code_block(doc, language.as_deref(), text),
        Block::Form(fields) => {
            doc.open(&Markup::syntax("<ul>"));
            // Published pages list the fields without the environment selection.
            for field in fields.iter().filter(|field| !field.environment) {
                form_field(doc, field);
            }
            doc.close("</ul>");
        }
    }
}

fn list_item(doc: &mut Doc<Published>, item: &[Block]) {
    if let [Block::Paragraph(content)] = item {
        doc.line(&inlines(Markup::syntax("<li>"), content).raw("</li>"));
        return;
    }
    doc.open(&Markup::syntax("<li>"));
    blocks(doc, item, Paragraph::BareLine);
    doc.close("</li>");
}

fn form_field(doc: &mut Doc<Published>, field: &FormField) {
    let mut line = Markup::syntax("<li><strong>").text(&field.label).raw("</strong>");
    if let Some(suffix) = &field.suffix {
        line = line.raw(" ").text(suffix);
    }
    doc.line(&line.raw("</li>"));
}

pub(crate) fn inlines(out: Markup<Published>, list: &[Inline]) -> Markup<Published> {
    list.iter().fold(out, |out, inline| match inline {
        Inline::Text(text) => out.text(text),
        Inline::Code(text) => code(out, text),
        Inline::Strong(content) => inlines(out.raw("<strong>"), content).raw("</strong>"),
        Inline::Path(names) => out.raw("<strong>").text(&names.join(" > ")).raw("</strong>"),
        Inline::Emphasis(content) => inlines(out.raw("<em>"), content).raw("</em>"),
        Inline::Placeholder(name) => out.text(&crate::wording::placeholder(name)),
        Inline::Link { href, content } => {
            let tag = out.raw("<a").attribute("href", href.as_str());
            let tag = if href.is_external() {
                tag.raw(" target=\"_blank\" rel=\"noopener noreferrer\"")
            } else {
                tag
            };
            inlines(tag.raw(">"), content).raw("</a>")
        }
        Inline::Image { source, text } => {
            out.raw("<img").attribute("src", source.as_str()).attribute("alt", text).raw(" />")
        }
        Inline::Break(_) => out.raw("<br />"),
    })
}

/// Writes code between backticks as published pages do, unless a Markdown renderer could read part of the code as a
/// tag.
fn code(out: Markup<Published>, text: &str) -> Markup<Published> {
    let plain = !text.contains(['<', '`', '&']) && text.trim() == text && !text.is_empty();
    if plain {
        return out.raw("`").inert(text).raw("`");
    }
    out.raw("<code>").text(text).raw("</code>")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(Markup::<Published>::syntax("<p>").text(text).as_str(), format!("<p>{expected}"));
    }

    #[test]
    fn ordinary_text_is_written_verbatim() {
        for plain in [
            "- Log in",
            "1. Open",
            "Settings > Users",
            "# 1",
            "it's \"so\" – ⋮",
            "a_b",
            "~5 days",
            "fields * here",
            "[Note] (x)",
        ] {
            check(plain, plain);
        }
    }

    #[test]
    fn nothing_opens_a_tag_an_expression_or_a_link() {
        check("<b> {x} `c`", "&lt;b> &#x7b;x&#x7d; &#x60;c&#x60;");
        check("a **b**", "a *&#x2a;b&#x2a;&#x2a;");
        check("[x](javascript:y)", "[x&#x5d;(javascript:y)");
        check("&lt; & x", "&amp;lt; & x");
        check(
            "at https://a.example/x_y?b=1&c or www.a.example.",
            "at https://a.example/x_y?b=1&c or www.a.example.",
        );
        check(&"://".repeat(40), &"://".repeat(40));
        check("https://{a}.example", "https&#x3a;//&#x7b;a&#x7d;.example");
        assert_eq!(Markup::<Published>::of("- a").as_str(), "&#x2d; a");
        assert_eq!(Markup::<Published>::of("export x").as_str(), "&#x65;xport x");
        assert_eq!(
            Markup::<Published>::new().attribute("title", "a \"<{&lt;").as_str(),
            " title=\"a &#x22;&lt;{&amp;lt;\""
        );
    }
}
