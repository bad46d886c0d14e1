//! Tests that all media have the same content: the same steps in the same order, with the same labels.

use proptest::prelude::*;
use render::{Block, Options, Page, Step, Style, TerminalOptions};

use crate::hostile::{self, Choices};
use crate::read::{self, Found, without_spaces};

/// Choices from a property test, which can shrink them.
#[derive(Clone)]
pub(crate) struct PropertyChoices {
    numbers: Vec<u16>,
    at: usize,
}

/// Shows the resulting guide, which is easier to debug than the choices.
impl std::fmt::Debug for PropertyChoices {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hostile::guide_text(&mut self.clone()))
    }
}

impl Choices for PropertyChoices {
    fn below(&mut self, n: usize) -> usize {
        self.at += 1;
        usize::from(self.numbers[self.at % self.numbers.len()]) % n
    }
}

/// Returns a strategy for choices.
pub(crate) fn any_choices() -> impl Strategy<Value = PropertyChoices> {
    proptest::collection::vec(any::<u16>(), 40..400).prop_map(|numbers| PropertyChoices { numbers, at: 0 })
}

pub(crate) fn gladly_page() -> Page {
    let catalog = catalog::shipped();
    let guide = catalog.find("gladly").and_then(|entry| entry.guide()).expect("the guide");
    render::page(guide, &guide.methods[0], &catalog::shipped_brand(), &Options::default())
}

/// Returns the page's steps in order, including those in the product itself.
pub(crate) fn steps(page: &Page) -> impl Iterator<Item = &Step> {
    page.parts.iter().filter_map(|part| part.content.section()).flat_map(|section| &section.steps)
}

/// Returns the titles of the steps and the labels of the form, as they appear in the page tree.
pub(crate) fn titles_and_labels(page: &Page) -> (Vec<String>, Vec<String>) {
    fn labels(blocks: &[Block], out: &mut Vec<String>) {
        for block in blocks {
            match block {
                Block::Form(fields) => out.extend(fields.iter().map(|field| field.label.clone())),
                Block::List { items, .. } => items.iter().for_each(|item| labels(item, out)),
                _ => {}
            }
        }
    }
    let titles = steps(page).map(|step| step.title.clone()).collect();
    let mut form = Vec::new();
    steps(page).for_each(|step| labels(&step.body, &mut form));
    (titles, form)
}

/// Asserts that the strings occur in the medium in this order, each at most `within` bytes after the previous string. A
/// match that is farther away is a different occurrence of the same words.
pub(crate) fn assert_in_order<'t>(
    medium: &str,
    name: &str,
    within: usize,
    texts: impl Iterator<Item = &'t str>,
) {
    let mut rest = medium;
    for text in texts {
        let expected = without_spaces(text);
        let near: String = rest.chars().take(300).collect();
        let at = rest
            .find(&expected)
            .unwrap_or_else(|| panic!("{name} does not contain {expected:?} near {near:?}"));
        assert!(at < within, "{expected:?} is too far from {near:?} in {name}");
        rest = &rest[at + expected.len()..];
    }
}

fn json_steps(page: &Page) -> Vec<String> {
    let json = serde_json::to_value(render::json(page)).expect("JSON");
    let parts = json["parts"].as_array().expect("parts");
    let steps = parts.iter().filter_map(|part| part["content"]["steps"].as_array()).flatten();
    steps.map(|step| step["title"].as_str().expect("a title").to_owned()).collect()
}

fn all_without_spaces(list: &[String]) -> Vec<String> {
    list.iter().map(|text| without_spaces(text)).collect()
}

fn assert_media_agree(page: &Page) {
    let (steps, labels) = titles_and_labels(page);
    let html = read::html(&render::html(page));
    assert_eq!(all_without_spaces(&html.steps), all_without_spaces(&steps));
    assert_eq!(all_without_spaces(&html.labels), all_without_spaces(&labels));
    let mdx = read::mdx(&render::mdx(page, Style::Semantic));
    assert_eq!(all_without_spaces(&mdx.steps), all_without_spaces(&steps));
    assert_eq!(json_steps(page), steps);

    let texts = || steps.iter().map(String::as_str);
    let Found { text, .. } = read::markdown(&render::markdown(page, Style::Semantic));
    assert_in_order(&text, "Markdown", usize::MAX, texts());
    let terminal = render::terminal(page, TerminalOptions { width: 70, color: false });
    assert_in_order(&without_spaces(&terminal), "the terminal", usize::MAX, texts());
}

#[test]
fn all_media_agree_on_the_gladly_guide() {
    let page = gladly_page();
    assert_media_agree(&page);
    let (steps, labels) = titles_and_labels(&page);
    let markdown = read::markdown(&render::markdown(&page, Style::Semantic));
    assert_eq!(markdown.steps, steps);
    assert_eq!(markdown.labels, labels);
    let published = read::mdx(&render::mdx(&page, Style::Published));
    let obtained: Vec<String> = steps
        .iter()
        .filter(|title| !title.contains("second") && !title.contains("Delete"))
        .cloned()
        .collect();
    assert_eq!(published.steps, obtained);
}

#[test]
fn all_media_have_the_same_headings_and_texts() {
    let page = gladly_page();
    let html = read::html(&render::html(&page));
    let headings: Vec<&str> = page.parts.iter().map(|part| part.title.as_str()).collect();
    let markdown = read::markdown(&render::markdown(&page, Style::Semantic));
    let second = |found: &Found| {
        let level = found
            .headings
            .iter()
            .filter(|(level, text)| *level == 2 && !text.contains("Documentation index"));
        level.map(|(_, text)| text.clone()).filter(|text| text != "On this page").collect::<Vec<_>>()
    };
    assert_eq!(second(&html), headings);
    assert_eq!(second(&markdown), headings);
    let texts =
        ["Gladly allows 10 requests per second", "Only for", "(secret)", "‹Organization Slug›", "2026-11-23"];
    for text in texts {
        let media = [
            render::html(&page),
            render::markdown(&page, Style::Semantic),
            render::mdx(&page, Style::Semantic),
            render::terminal(&page, TerminalOptions { width: 200, color: false }),
        ];
        let count = media.iter().filter(|medium| medium.contains(text)).count();
        assert!(count == 0 || count == media.len(), "{count} of {} media have {text:?}", media.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn all_media_agree_on_hostile_guides(choices in any_choices()) {
        let (guide, brand) = hostile::guide_and_brand(&mut choices.clone());
        for audience in [render::Audience::Link, render::Audience::Setup] {
            assert_media_agree(&render::page(&guide, &guide.methods[0], &brand, &Options { audience, ..Options::default() }));
        }
    }
}
