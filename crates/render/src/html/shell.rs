//! The document around the parts: head, landmarks and table of contents.
//!
//! **Invariant:** the document has one level-one heading, one main landmark, and a link that skips to this landmark.
//! The shell's own ids begin with `_`, and no key begins with `_`.

use std::sync::LazyLock;

use minijinja::{Environment, context};

use super::dialect::Html;
use super::{inline, parts};
use crate::clean;
use crate::color::Color;
use crate::href::Href;
use crate::markup::{Doc, Markup};
use crate::page::{Page, Publisher};
use crate::wording;

/// The backgrounds of light and dark pages, on which links must be readable: `--ground` in `style.css`.
const GROUND: Color = Color::new(0xff, 0xff, 0xff);
const GROUND_DARK: Color = Color::new(0x14, 0x17, 0x1a);
pub(super) const ACCENT: Color = Color::new(0x1d, 0x5f, 0xb8);
pub(super) const ACCENT_DARK: Color = Color::new(0x8a, 0xb8, 0xf5);

/// The shell's template. Its name ends in `.html`, so minijinja escapes every value except markup from typed writers.
static SHELL: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment
        .add_template("shell.html", include_str!("shell.html"))
        .expect("the shell is a valid template");
    environment
});

/// A script that adds a button next to each occurrence of a value on a page. The button copies the value.
#[derive(Clone, Copy, Debug)]
pub struct CopyScript<'a> {
    /// The script's path on the site that serves the page.
    pub path: &'a str,
    /// The value to copy.
    pub value: &'a str,
}

/// Writes the page as an HTML document with its style sheet.
pub fn html(page: &Page) -> String {
    document(page, None)
}

/// Writes the page as an HTML document that loads a script for copying a value.
pub fn html_with_copy_button(page: &Page, script: CopyScript<'_>) -> String {
    document(page, Some(script))
}

fn document(page: &Page, script: Option<CopyScript<'_>>) -> String {
    let body = body(page);
    let script = script.map(|script| {
        context! { path => script.path, value => script.value, copy => wording::COPY, copied => wording::COPIED }
    });
    let shell = SHELL.get_template("shell.html").and_then(|shell| {
        shell.render(context! {
            language => wording::LANGUAGE,
            title => clean::line(&page.title),
            description => clean::line(&page.description),
            skip => wording::SKIP,
            style => include_str!("style.css").trim_ascii_end(),
            theme => theme(&page.publisher).as_str(),
            body => body.trim_end(),
            script,
        })
    });
    let mut text = shell.expect("every name in the shell has a value");
    text.push('\n');
    text
}

fn body(page: &Page) -> String {
    let mut doc = Doc::new();
    banner(&mut doc, &page.publisher);
    doc.open(&Markup::syntax("<main id=\"_content\" tabindex=\"-1\">"));
    doc.open(&Markup::syntax("<div class=\"title\">"));
    doc.line(&Markup::syntax("<h1>").text(&page.title).raw("</h1>"));
    doc.line(&Markup::syntax("<p class=\"lead\">").text(&page.description).raw("</p>"));
    doc.close("</div>");
    contents(&mut doc, page);
    doc.open(&Markup::syntax("<div class=\"content\">"));
    if !page.warning.is_empty() {
        doc.open(&Markup::syntax("<div class=\"warning\" role=\"note\">"));
        doc.line(&Markup::syntax("<p><strong>").text(wording::WARNING).raw("</strong></p>"));
        inline::blocks(&mut doc, &page.warning);
        doc.close("</div>");
    }
    for one in &page.parts {
        parts::part(&mut doc, one);
    }
    doc.close("</div>");
    doc.close("</main>");
    footer(&mut doc, &page.publisher);
    doc.into_string()
}

/// Writes CSS rules for the brand's colors, adjusted to be readable.
fn theme(publisher: &Publisher) -> Markup<Html> {
    let light = publisher.accent.unwrap_or(ACCENT).readable_on(GROUND);
    let dark = publisher.accent_dark.or(publisher.accent).unwrap_or(ACCENT_DARK).readable_on(GROUND_DARK);
    let rule = |out: Markup<Html>, color: Color| {
        let (accent, on) = (color.to_string(), color.text_on().to_string());
        out.raw(":root { --accent: ").text(&accent).raw("; --on-accent: ").text(&on).raw("; }")
    };
    let out = rule(Markup::new(), light).raw("\n@media screen and (prefers-color-scheme: dark) { ");
    rule(out, dark).raw(" }")
}

fn banner(doc: &mut Doc<Html>, publisher: &Publisher) {
    doc.open(&Markup::syntax("<header class=\"banner\">"));
    let line = match &publisher.site {
        Some(site) => link(Markup::syntax("<p>"), site, &publisher.hub),
        None => Markup::syntax("<p>").text(&publisher.hub),
    };
    doc.line(&line.raw("</p>"));
    doc.close("</header>");
}

fn contents(doc: &mut Doc<Html>, page: &Page) {
    doc.open(&Markup::syntax("<nav class=\"contents\" aria-labelledby=\"_contents\">"));
    doc.line(&Markup::syntax("<h2 id=\"_contents\">").text(wording::CONTENTS).raw("</h2>"));
    doc.open(&Markup::syntax("<ol>"));
    for part in &page.parts {
        let out = link(Markup::syntax("<li>"), &Href::to(&part.anchor), &part.title);
        doc.line(&out.raw("</li>"));
    }
    doc.close("</ol>");
    doc.close("</nav>");
}

fn footer(doc: &mut Doc<Html>, publisher: &Publisher) {
    doc.open(&Markup::syntax("<footer class=\"footer\">"));
    doc.line(&Markup::syntax("<p>").text(&publisher.name).raw("</p>"));
    if let Some(support) = &publisher.support {
        doc.line(&link(Markup::syntax("<p>"), support, wording::HELP).raw("</p>"));
    }
    doc.close("</footer>");
}

fn link(out: Markup<Html>, href: &Href, text: &str) -> Markup<Html> {
    out.raw("<a").attribute("href", href.as_str()).raw(">").text(text).raw("</a>")
}
