//! Splits a connector's published page into a guide and a brand, and renders them again.
//!
//! **Invariant:** the result is identical to the page, byte for byte. A small parser in this file reads the page, so
//! that the crate does not produce its own test input.

use std::fmt::Write as _;
use std::path::PathBuf;

use guide::{Brand, Guide};
use render::{Options, Style};

/// Returns the published page, or `None` if its folder is not next to the workspace.
#[expect(clippy::print_stdout, reason = "a skipped test must be visible")]
pub(crate) fn published() -> Option<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/seed/gladly-api-key.md");
    let text = std::fs::read_to_string(path).ok();
    if text.is_none() {
        println!("NOT TESTED: the published page is missing, so nothing was compared with it");
    }
    text
}

#[test]
fn the_published_page_is_reproduced_byte_for_byte() {
    let Some(seed) = published() else { return };
    let (guide, brand) = split(&seed);
    let page = render::page(&guide, &guide.methods[0], &brand, &Options::default());
    let ours = render::markdown(&page, Style::Published);
    for (n, (expected, found)) in seed.lines().zip(ours.lines()).enumerate() {
        assert_eq!(found, expected, "line {}", n + 1);
    }
    assert_eq!(ours, seed);
    let mdx = render::mdx(&page, Style::Published);
    let body = seed.split_once("<section").expect("a section").1;
    assert!(mdx.ends_with(body), "the MDX body differs from the published page");
}

fn split(seed: &str) -> (Guide, Brand) {
    let mut lines = seed.lines();
    let head: Vec<&str> = lines.by_ref().map_while(|line| line.strip_prefix("> ")).collect();
    let title = lines.by_ref().find_map(|line| line.strip_prefix("# ")).expect("a title");
    let description = lines.by_ref().find_map(|line| line.strip_prefix("> ")).expect("a description");
    let (sections, trailing) = seed.split_once("<div data-whitelabel-hide>").expect("a trailing block");
    let blocks: Vec<&str> = trailing.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let labels: Vec<String> = blocks
        .iter()
        .filter_map(|line| between(line, "<li><strong>", "</strong></li>"))
        .map(str::to_owned)
        .collect();
    let guide = guide_yaml(sections, &labels);
    let brand = brand_yaml(&head, title, description, &blocks);
    let reading = guide::read("seed.yaml", guide.as_bytes());
    let guide = reading.into_usable().unwrap_or_else(|reading| panic!("{:#?}\n{guide}", reading.findings));
    let reading = guide::read_brand("seed-brand.yaml", brand.as_bytes());
    let brand = reading.into_usable().unwrap_or_else(|reading| panic!("{:#?}\n{brand}", reading.findings));
    (guide, brand)
}

fn guide_yaml(sections: &str, labels: &[String]) -> String {
    let mut out = String::from(
        "waystone: 1\nprovider: { key: seed, name: Seed }\nmethods:\n  - key: api-key\n    label: API Key\n    fields:\n",
    );
    for label in labels {
        let kind = if label.contains("Token") { "secret" } else { "text" };
        let _ =
            writeln!(out, "      - {{ key: {}, label: {}, type: {kind} }}", key(label, '_'), quoted(label));
    }
    let secret = labels.iter().find(|label| label.contains("Token")).expect("a token");
    let _ = writeln!(out, "    auth: {{ bearer: {{ token: '{{{{ value.{} }}}}' }} }}", key(secret, '_'));
    out.push_str(
        "    base_url: https://api.example.com\n    hosts: [api.example.com]\n    link:\n      sections:\n",
    );
    for section in sections.split("<section ").skip(1) {
        let title = between(section, "<h2>", "</h2>").expect("a title");
        let _ = writeln!(out, "        - key: {}\n          title: {}", key(title, '-'), quoted(title));
        let (before, steps) = section.split_once("<Steps>").unwrap_or((section, ""));
        if let Some(intro) = between(before, "<p>", "</p>") {
            let _ = writeln!(out, "          intro: {}", quoted(&prose(intro)));
        }
        out.push_str("          steps:\n");
        for step in steps.split("<Step ").skip(1) {
            let title = between(step, "title=\"", "\"").expect("a title");
            let body = prose(between(step, "<p>", "</p>").expect("a body"));
            let _ = writeln!(
                out,
                "            - {{ key: {}, title: {}, body: {} }}",
                key(title, '-'),
                quoted(title),
                quoted(&body)
            );
        }
    }
    out
}

fn brand_yaml(head: &[&str], title: &str, description: &str, blocks: &[&str]) -> String {
    let after = |mark: &str, n: usize| {
        let at = blocks.iter().enumerate().filter(|(_, line)| line.contains(mark)).map(|(at, _)| at).nth(n);
        at.expect("a mark")
    };
    let titles: Vec<&str> = blocks.iter().filter_map(|line| between(line, "<Step title=\"", "\"")).collect();
    let text = |n: usize| quoted(&prose(blocks[after("<Step title", n) + 1]));
    let connect: Vec<String> = blocks[after("<Step title", 2)..]
        .iter()
        .filter_map(|line| between(line, "<li>", "</li>"))
        .map(|item| quoted(&prose(item)))
        .collect();
    let closing = prose(between(blocks[after("</Steps>", 0) + 1], "<p>", "</p>").expect("a closing"));
    let heading = between(blocks[0], "<h2>", "</h2>").expect("a heading");
    let head: Vec<String> = head.iter().map(|line| quoted(line)).collect();
    let empty = "title: x, description: x, heading: x, intro: x, open: { title: x, text: x }, create_title: x, \
                 before_fields: [], fields: x, optional: (Optional), after_fields: []";
    format!(
        "waystone_brand: 1
name: StackOne
hub: StackOne Hub
wording:
  twin_head: [{}]
  link:
    title: {}
    description: {}
    heading: {}
    open: {{ title: {}, text: {} }}
    fill: {{ title: {}, text: {} }}
    connect_title: {}
    connect: [{}]
    closing: {}
  setup: {{ {empty} }}
",
        head.join(", "),
        quoted(title),
        quoted(description),
        quoted(heading),
        quoted(titles[0]),
        text(0),
        quoted(titles[1]),
        text(1),
        quoted(titles[2]),
        connect.join(", "),
        quoted(&closing),
    )
}

/// Returns the Markdown that an author would have written for a page's HTML.
fn prose(html: &str) -> String {
    let mut out = html.replace("<strong>", "**").replace("</strong>", "**").replace("<br />", "\n");
    while let Some((before, rest)) = out.clone().split_once("<a href=\"") {
        let (href, rest) = rest.split_once("\">").expect("an address");
        let (text, rest) = rest.split_once("</a>").expect("a text");
        out = format!("{before}[{text}]({href}){rest}");
    }
    let lines: Vec<String> = out
        .lines()
        .map(|line| line.strip_prefix("- ").map_or(line.to_owned(), |rest| format!("\\- {rest}")))
        .collect();
    lines.join("\n")
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(start)?;
    Some(rest.split_once(end)?.0)
}

fn key(title: &str, joint: char) -> String {
    title.to_lowercase().chars().map(|ch| if ch.is_ascii_alphanumeric() { ch } else { joint }).collect()
}

/// Returns the text as a double-quoted YAML string, which has the syntax of a JSON string.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
