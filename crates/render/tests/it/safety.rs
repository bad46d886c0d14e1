//! Tests that text from guides and brands is read as text in every medium, and never as markup or code.

use std::collections::BTreeSet;

use proptest::prelude::*;
use render::{Audience, Block, Content, Inline, Options, Page, Style, TerminalOptions};

use crate::hostile;
use crate::media::{any_choices, assert_in_order, gladly_page};
use crate::read::{self, Found};

/// The largest distance, in bytes, between two successive strings on a page.
const NEAR: usize = 1500;

/// Returns every string on the page that all media write unchanged, in order.
fn texts(page: &Page) -> Vec<String> {
    fn blocks(list: &[Block], out: &mut Vec<String>) {
        for block in list {
            match block {
                Block::Paragraph(content) => out.push(render::plain(content)),
                Block::List { items, .. } => items.iter().for_each(|item| blocks(item, out)),
                Block::Code { text, .. } => out.push(text.clone()),
                Block::Form(fields) => out.extend(fields.iter().map(|field| field.label.clone())),
            }
        }
    }
    let mut out = vec![page.title.clone(), page.description.clone()];
    blocks(&page.warning, &mut out);
    for part in &page.parts {
        out.push(part.title.clone());
        match &part.content {
            Content::Needs(needs) => needs.iter().for_each(|need| blocks(need, &mut out)),
            Content::Section(section) | Content::Linking(section) => {
                blocks(&section.intro, &mut out);
                for step in &section.steps {
                    out.push(step.title.clone());
                    blocks(&step.body, &mut out);
                }
                blocks(&section.closing, &mut out);
            }
            Content::Fields(fields) => {
                for field in fields {
                    out.push(field.label.clone());
                    blocks(&field.description, &mut out);
                    out.extend(field.format.clone());
                    out.extend(field.example.clone());
                }
            }
            Content::Environments(list) => {
                for environment in list {
                    out.extend([environment.label.clone(), environment.host.clone()]);
                    out.extend(environment.description.clone());
                }
            }
            Content::Permissions(list) => {
                for permission in list {
                    out.push(permission.name.clone());
                    out.extend(permission.description.clone());
                    out.extend(permission.needed_for.clone());
                }
            }
            Content::Checks { intro, checks } => {
                out.push(render::plain(intro));
                out.extend(checks.iter().map(|check| check.label.clone()));
            }
            Content::Troubles(troubles) => {
                for trouble in troubles {
                    out.extend([
                        render::plain(&trouble.message),
                        render::plain(&trouble.fix),
                        trouble.seen.clone(),
                    ]);
                }
            }
            Content::Facts(lines) => out.extend(lines.iter().map(|line| render::plain(line))),
            Content::Events(events) => out.extend(events.iter().map(|event| event.says.clone())),
            Content::Sources(sources) => out.extend(sources.iter().map(|source| source.claim.clone())),
        }
    }
    out
}

/// Returns the page without images, because an image's text is text in Markdown but an attribute in HTML.
fn without_images(page: &Page) -> Page {
    fn inlines(list: &mut Vec<Inline>) {
        list.retain(|inline| !matches!(inline, Inline::Image { .. }));
        for inline in list {
            if let Inline::Strong(content) | Inline::Emphasis(content) | Inline::Link { content, .. } = inline
            {
                inlines(content);
            }
        }
    }
    fn blocks(list: &mut [Block]) {
        for block in list {
            match block {
                Block::Paragraph(content) => inlines(content),
                Block::List { items, .. } => items.iter_mut().for_each(|item| blocks(item)),
                Block::Code { .. } | Block::Form(_) => {}
            }
        }
    }
    let mut page = page.clone();
    blocks(&mut page.warning);
    for part in &mut page.parts {
        match &mut part.content {
            Content::Needs(needs) => needs.iter_mut().for_each(|need| blocks(need)),
            Content::Section(section) | Content::Linking(section) => {
                blocks(&mut section.intro);
                section.steps.iter_mut().for_each(|step| blocks(&mut step.body));
                blocks(&mut section.closing);
            }
            Content::Fields(fields) => fields.iter_mut().for_each(|field| blocks(&mut field.description)),
            _ => {}
        }
    }
    page
}

fn assert_links_are_safe(found: &Found) {
    for link in &found.links {
        let is_safe =
            ["https://", "mailto:", "/", "#", "menu.png"].iter().any(|start| link.starts_with(start));
        assert!(is_safe && !link.starts_with("//"), "{link}");
    }
}

fn assert_html_is_valid(page: &Page) {
    let found = read::html(&render::html(page));
    assert_links_are_safe(&found);
    let ids: BTreeSet<&str> = found.ids.iter().map(String::as_str).collect();
    assert_eq!(ids.len(), found.ids.len(), "ids must be unique: {:?}", found.ids);
    for target in found.links.iter().filter_map(|link| link.strip_prefix('#')) {
        assert!(ids.contains(target), "no element has the id {target}");
    }
    assert_eq!(found.headings.iter().filter(|(level, _)| *level == 1).count(), 1);
    let levels: Vec<u8> = found.headings.iter().map(|(level, _)| *level).collect();
    assert!(
        levels.windows(2).all(|two| two[1] <= two[0] + 1),
        "heading levels must descend one at a time: {levels:?}"
    );
}

fn assert_markdown_is_valid(page: &Page) {
    let text = render::markdown(page, Style::Semantic);
    let found = read::markdown(&text);
    assert_links_are_safe(&found);
    let texts = texts(page);
    assert_in_order(&found.text, "Markdown", NEAR, texts.iter().map(String::as_str));
    let fields: usize = page
        .parts
        .iter()
        .map(|part| if let Content::Fields(list) = &part.content { list.len() } else { 0 })
        .sum();
    let head = page.twin_head.iter().filter(|line| line.level.is_some()).count();
    assert_eq!(found.headings.len(), 1 + page.parts.len() + fields + head, "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn html_of_hostile_guides_is_valid(choices in any_choices()) {
        let (guide, brand) = hostile::guide_and_brand(&mut choices.clone());
        for audience in [Audience::Link, Audience::Setup] {
            assert_html_is_valid(&render::page(&guide, &guide.methods[0], &brand, &Options { audience, ..Options::default() }));
        }
    }

    #[test]
    fn markdown_contains_the_texts_of_the_page(choices in any_choices()) {
        let (guide, brand) = hostile::guide_and_brand(&mut choices.clone());
        for audience in [Audience::Link, Audience::Setup] {
            let page = render::page(&guide, &guide.methods[0], &brand, &Options { audience, ..Options::default() });
            assert_markdown_is_valid(&page);
        }
    }

    #[test]
    fn mdx_contains_only_known_tags(choices in any_choices()) {
        let (guide, brand) = hostile::guide_and_brand(&mut choices.clone());
        for audience in [Audience::Link, Audience::Setup] {
            let page = render::page(&guide, &guide.methods[0], &brand, &Options { audience, ..Options::default() });
            read::mdx(&render::mdx(&page, Style::Semantic));
            read::mdx(&render::mdx(&page, Style::Published));
        }
    }

    #[test]
    fn no_text_controls_the_terminal(choices in any_choices(), width in 10_usize..200) {
        let (guide, brand) = hostile::guide_and_brand(&mut choices.clone());
        let page = render::page(&guide, &guide.methods[0], &brand, &Options::default());
        let plain = render::terminal(&page, TerminalOptions { width, color: false });
        assert!(plain.chars().all(|ch| ch == '\n' || !ch.is_control()));
        let color = render::terminal(&page, TerminalOptions { width, color: true });
        let bare = ["\u{1b}[1m", "\u{1b}[2m", "\u{1b}[36m", "\u{1b}[0m"].iter().fold(color, |text, code| text.replace(code, ""));
        assert_eq!(bare, plain);
    }
}

#[test]
fn a_tree_with_control_characters_cannot_control_the_terminal() {
    let mut page = gladly_page();
    page.title = "\u{1b}]0;owned\u{7}\u{9b}31m".to_owned();
    let text = render::terminal(&page, TerminalOptions { width: 80, color: false });
    assert!(text.chars().all(|ch| ch == '\n' || !ch.is_control()));
}

#[test]
fn the_gladly_page_is_valid() {
    let page = gladly_page();
    assert_html_is_valid(&page);
    assert_markdown_is_valid(&page);
    let found = read::html(&render::html(&page));
    let expected = texts(&without_images(&page));
    assert_in_order(
        &found.text,
        "HTML",
        NEAR,
        expected.iter().filter(|text| !text.is_empty()).map(String::as_str),
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn html_contains_the_texts_of_the_page(choices in any_choices()) {
        let (guide, brand) = hostile::guide_and_brand(&mut choices.clone());
        let page = without_images(&render::page(&guide, &guide.methods[0], &brand, &Options::default()));
        let found = read::html(&render::html(&page));
        assert_in_order(&found.text, "HTML", NEAR, texts(&page).iter().map(String::as_str));
    }
}

#[test]
fn the_hostile_corpus_is_valid() {
    for seed in 0..150 {
        let (guide, brand) = hostile::guide_and_brand(&mut hostile::Seeded::new(seed));
        let page = render::page(&guide, &guide.methods[0], &brand, &Options::default());
        assert_html_is_valid(&page);
        assert_markdown_is_valid(&page);
        read::mdx(&render::mdx(&page, Style::Semantic));
    }
}
