//! Renders a guide with random text in every format: text never becomes markup.
#![no_main]

use fuzz::{quoted, read, yaml};
use libfuzzer_sys::fuzz_target;
use pulldown_cmark::{Event, Parser};
use render::{Options, Style, TerminalOptions};

fuzz_target!(|data: &[u8]| {
    let (body, rest) = fuzz::text(data);
    let (title, rest) = fuzz::text(rest);
    let (claim, _) = fuzz::text(rest);
    let title = if title.trim().is_empty() { "One" } else { title };
    let text = yaml(&[("BODY", quoted(body)), ("TITLE", quoted(title)), ("CLAIM", quoted(claim))]);
    let reading = read(&text);
    let Some(guide) = reading.usable() else { return };
    let brand = catalog::shipped_brand();
    let page = render::page(guide, &guide.methods[0], &brand, &Options::default());
    assert_safe_html(&render::html(&page));
    let markdown = render::markdown(&page, Style::Semantic);
    for event in Parser::new(&markdown) {
        assert!(
            !matches!(event, Event::Html(_) | Event::InlineHtml(_)),
            "Markdown contains a tag: {event:?}\n{markdown}"
        );
    }
    let _ = render::mdx(&page, Style::Semantic);
    let _ = render::mdx(&page, Style::Published);
    let terminal = render::terminal(&page, TerminalOptions { width: 60, color: false });
    assert!(!terminal.contains(|ch: char| ch.is_control() && ch != '\n'), "{terminal:?}");
    let json = render::json(&page);
    serde_json::from_str::<serde_json::Value>(&json.to_string()).expect("JSON");
});

/// Asserts that the HTML contains only the writer's own tags and no attribute that runs code.
fn assert_safe_html(text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if rest.starts_with("!doctype html") || rest.starts_with("!DOCTYPE html") {
            continue;
        }
        let end = rest.find('>').expect("a closed tag");
        let tag = &rest[..end];
        let name = tag.trim_start_matches('/').split(|ch: char| ch.is_whitespace() || ch == '/').next();
        let name = name.unwrap_or_default();
        assert!(
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()),
            "<{tag}>"
        );
        assert!(!["script", "iframe", "object", "embed", "form", "base"].contains(&name), "<{tag}>");
        assert!(!tag.contains(" on") || tag.matches('"').count() % 2 == 0, "<{tag}>");
        rest = &rest[end..];
    }
}
