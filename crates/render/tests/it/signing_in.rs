//! Tests the pages of methods with which people sign in through a browser: how to start, and the callback URL.

use guide::{Brand, Guide};
use render::{Audience, Options, Page, Style, TerminalOptions};

const CALLBACK: &str = "https://connect.example.com/connect/oauth2/salesforce/callback";

fn salesforce() -> Guide {
    let catalog = catalog::shipped();
    catalog.find("salesforce").and_then(|entry| entry.guide()).cloned().expect("the guide")
}

/// Writes a page in every format.
fn all_formats(page: &Page) -> Vec<String> {
    vec![
        render::markdown(page, Style::Semantic),
        render::markdown(page, Style::Published),
        render::mdx(page, Style::Semantic),
        render::mdx(page, Style::Published),
        render::html(page),
        render::terminal(page, TerminalOptions { width: 1000, color: false }),
        render::json(page).to_string(),
    ]
}

fn setup_formats(brand: &Brand, redirect_uri: Option<&str>) -> Vec<String> {
    let guide = salesforce();
    let options = Options {
        audience: Audience::Setup,
        redirect_uri: redirect_uri.map(str::to_owned),
        ..Options::default()
    };
    all_formats(&render::page(&guide, &guide.methods[0], brand, &options))
}

#[test]
fn an_unknown_callback_url_is_described_in_words() {
    for text in setup_formats(&catalog::shipped_brand(), None) {
        assert!(text.contains("callback URL shown in Waystone Hub"), "{text}");
        assert!(!text.contains("{redirect_uri}") && !text.contains("callback_url"), "{text}");
    }
}

#[test]
fn the_callback_url_comes_from_the_hub_or_else_from_the_brand() {
    let file = include_str!("../../../../guides/brand.yaml");
    let line =
        "redirect_uri: 'https://connect.example.com/connect/oauth2/{{ provider.key }}/callback'\nwording:";
    let reading = guide::read_brand("brand.yaml", file.replace("wording:", line).as_bytes());
    let brand = reading.into_usable().unwrap_or_else(|reading| panic!("{:#?}", reading.findings));
    for text in setup_formats(&brand, None) {
        assert!(text.contains(CALLBACK), "{text}");
    }
    let hubs = "https://hub.example/callback";
    for text in setup_formats(&brand, Some(hubs)) {
        assert!(text.contains(hubs) && !text.contains(CALLBACK), "{text}");
    }
}

#[test]
fn a_page_says_once_how_to_start_signing_in() {
    let guide = salesforce();
    let page = render::page(&guide, &guide.methods[0], &catalog::shipped_brand(), &Options::default());
    let titles: Vec<&str> = page.parts.iter().map(|part| part.title.as_str()).collect();
    assert_eq!(titles[2..4], ["Connect the account", "Sign in and approve access"], "{titles:?}");
    for text in all_formats(&page) {
        assert_eq!(text.matches("Continue to Salesforce").count(), 1, "{text}");
        assert_eq!(text.matches("ll find the account on the").count(), 1, "{text}");
    }
}

#[test]
fn the_brand_says_how_to_start_if_the_guide_does_not() {
    let guide = include_str!("../../../../guides/salesforce/guide.yaml");
    let guide = guide.replace("Click **{{ hub.button }}**. ", "");
    let guide = guide::read("guide.yaml", guide.as_bytes()).into_usable().expect("no errors");
    let page = render::page(&guide, &guide.methods[0], &catalog::shipped_brand(), &Options::default());
    let titles: Vec<&str> = page.parts.iter().map(|part| part.title.as_str()).collect();
    assert_eq!(titles[2..4], ["Sign in and approve access", "Connect the account"], "{titles:?}");
    for text in all_formats(&page) {
        assert_eq!(text.matches("Continue to Salesforce").count(), 1, "{text}");
    }
}
