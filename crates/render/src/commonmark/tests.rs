//! Tests the Markdown for running text.

use super::Blocks;
use super::dialect::{CommonMark, Flavor, Mdx, Plain, code_block};
use crate::href::Href;
use crate::markup::{Doc, Markup};
use crate::page::{Break, Inline};

fn text(text: &str) -> Inline {
    Inline::Text(text.to_owned())
}

fn check<F: Flavor>(content: &[Inline], expected: &str) {
    let targets = |href: &Href| Some(href.clone());
    let out = Blocks::<F>::new(&targets);
    assert_eq!(out.inlines(Markup::new(), content).as_str(), expected);
}

#[test]
fn ordinary_text_is_unchanged() {
    for plain in
        ["Settings > Users", "it's “quoted” – 100% (really)!", "snake_case", "2 * 3", "A & B", "C:\\dir", "⋮"]
    {
        check::<Plain>(&[text(plain)], plain);
        check::<Mdx>(&[text(plain)], plain);
    }
}

#[test]
fn active_characters_are_escaped() {
    check::<Plain>(&[text("# not a heading # 1")], "\\# not a heading # 1");
    check::<Plain>(&[text("1. one 2. two")], "1\\. one 2. two");
    check::<Plain>(&[text("&lt; & &x")], "\\&lt; & &x");
    check::<Plain>(&[Inline::Break(Break::Soft), text("* x")], " \\* x");
    check::<Plain>(&[text("a"), Inline::Break(Break::Hard), text("- b")], "a\\\n\\- b");
    check::<Plain>(
        &[text("wow!"), Inline::Link { href: Href::parse("/a(b)").unwrap(), content: vec![text("x")] }],
        "wow\\![x](/a\\(b\\))",
    );
}

#[test]
fn mdx_escapes_more_characters() {
    check::<Mdx>(&[text("{x} <b> $5")], "\\{x\\} \\<b> \\$5");
    check::<Mdx>(&[text("import x")], "&#x69;mport x");
    check::<Mdx>(&[text("an import")], "an import");
    // An automatic link would include the backslash that escapes the next character.
    check::<Mdx>(
        &[text("https://a.example/\u{3c}b> www.a.example a@b.example")],
        "https\\://a.example/\\<b> www\\.a.example a\\@b.example",
    );
}

#[test]
fn emphasis_that_markdown_would_not_parse_is_omitted() {
    let strong = |inner: &str| Inline::Strong(vec![text(inner)]);
    check::<Plain>(&[text("a "), strong("b"), text(" c")], "a **b** c");
    check::<Plain>(&[text("a"), strong("(b)"), text("c")], "a(b)c");
    check::<Mdx>(&[text("a"), strong("(b)"), text("c")], "a<strong>(b)</strong>c");
    check::<Plain>(
        &[text("un"), Inline::Emphasis(vec![text("frigging")]), text("believable")],
        "un*frigging*believable",
    );
}

#[test]
fn code_fences_are_longer_than_the_backticks_within() {
    let code = |text: &str| Inline::Code(text.to_owned());
    check::<Mdx>(&[code("{a} <b>")], "`{a} <b>`");
    check::<Plain>(&[code("a`b``c")], "```a`b``c```");
    check::<Plain>(&[code("`")], "`` ` ``");
    let mut doc = Doc::<CommonMark<Plain>>::new();
    code_block(&mut doc, None, "x\n````\n");
    assert_eq!(doc.into_string(), "`````\nx\n````\n`````\n");
}
