//! Texts that want to be markup, and secrets that want to be seen.

use std::sync::Arc;

use hub::pages::{self, Assets, Frame, Look, Mode, ProviderCard, ProvidersPage, Trouble};
use hub::texts::Language;
use link::Flow;

use crate::says::GUIDE;
use crate::views::{bare, sent};
use crate::{every_page, views};

/// What ends a tag, an attribute, a line and a direction.
const NASTY: &str = "\"'></script><script>alert(1)</script><img src=x onerror=alert(1)>\u{202e}\u{2066}&amp;";

/// A guide whose every text is nasty.
fn nasty() -> String {
    let quoted = serde_json::to_string(NASTY)
        .expect("a text")
        .replace('\u{202e}', "\\u202e")
        .replace('\u{2066}', "\\u2066");
    let prose = "\"<b>\\\"'></b>\"";
    GUIDE
        .replace("label: Site", &format!("label: {quoted}"))
        .replace("label: Live", &format!("label: {quoted}"))
        .replace("title: Find", &format!("title: {quoted}"))
        .replace("title: One", &format!("title: {quoted}"))
        .replace("label: Reading who this is", &format!("label: {quoted}"))
        .replace("provider: { key: acme, name: Acme }", &format!("provider: {{ key: acme, name: {quoted} }}"))
        .replace("name: Ann", &format!("name: {quoted}"))
        .replace("The token is not known.", prose.trim_matches('"'))
}

#[test]
fn a_text_of_a_guide_or_a_person_stays_a_text() {
    let text = nasty();
    let reading = guide::read("acme.yaml", text.as_bytes());
    let guide = Arc::new(reading.into_usable().unwrap_or_else(|reading| panic!("{:#?}", reading.findings)));
    let brand = catalog::shipped_brand();
    let assets = Assets::of(&brand);
    let frame = Frame {
        brand: &brand,
        language: Language::En,
        assets: &assets,
        csrf: NASTY,
        mode: Mode::Embedded { parent: NASTY },
        look: Look::default(),
        return_to: Some("javascript:alert(1)"),
    };
    let mut flow = Flow::new(guide, "api-key", link::Start::default()).expect("the method is there");
    let site = guide::Key::parse("site").expect("a key");
    flow.submit_form(Some("live"), &[(site.clone(), NASTY.into())]);
    let typed = [(site, NASTY.to_owned())];
    let form = pages::form(
        &frame,
        &pages::FormPage { sent: Some(sent(&typed, &[])), attempt: Some(NASTY), ..bare(&flow, Some(NASTY)) },
    );
    let card = ProviderCard {
        key: "a".to_owned(),
        name: NASTY.to_owned(),
        aliases: vec![NASTY.to_owned()],
        categories: vec![NASTY.to_owned(), "b".to_owned()],
        icon: Some(NASTY.to_owned()),
        url: NASTY.to_owned(),
    };
    let picker =
        pages::providers(&frame, &ProvidersPage { base: NASTY, all: &[card], query: NASTY, category: NASTY });
    let trouble = pages::trouble(&frame, Trouble::HubError { request: NASTY });
    for page in [form, picker, trouble] {
        is_tame(&page);
        assert!(
            !page.contains("javascript:") && !page.contains('\u{202e}') && !page.contains('\u{2066}'),
            "{page}"
        );
    }
}

/// One script, from our own address; no style, no handler, no element that was not written by us.
fn is_tame(page: &str) {
    assert_eq!(page.matches("<script").count(), 1, "{page}");
    assert!(page.contains("<script src=\"/assets/hub-"), "{page}");
    for bad in ["<style", " style=", "<img src=x", " onerror=alert(1)>", "<b>"] {
        assert!(!page.contains(bad), "{bad}\n{page}");
    }
    let lower = page.to_lowercase();
    let handlers = lower.split(" on").skip(1).filter(|rest| {
        let name: String = rest.chars().take_while(char::is_ascii_alphabetic).collect();
        !name.is_empty() && rest[name.len()..].starts_with("=\"")
    });
    assert_eq!(handlers.count(), 0, "{page}");
}

#[test]
fn no_page_has_code_or_style_of_its_own_or_asks_elsewhere() {
    for (name, page) in every_page() {
        is_tame(&page);
        for part in page.split(" src=\"").skip(1) {
            assert!(part.starts_with("/assets/"), "{name}: {}", &part[..60]);
        }
        assert!(!page.contains("<link rel=\"stylesheet\" href=\"http"), "{name}");
    }
}

#[test]
fn no_secret_is_on_any_page() {
    let shipped = catalog::shipped();
    let mut secrets: Vec<String> = Vec::new();
    for method in shipped.guides().flat_map(|guide| &guide.methods) {
        let is_secret = |key: &guide::Key| method.field(key.as_str()).is_some_and(|field| field.secret);
        for scenario in &method.scenarios {
            let given = scenario.given.iter().filter(|(key, _)| is_secret(key));
            secrets.extend(given.chain(&scenario.tokens).map(|(_, text)| text.clone()));
        }
    }
    // Short ones are words that stand on pages anyway.
    secrets.retain(|text| 8 <= text.len() && text.contains(['-', '_']) && !text.contains(' '));
    secrets.sort();
    secrets.dedup();
    assert!(!secrets.is_empty());
    let pages: views::Pages = every_page();
    for secret in &secrets {
        for (name, page) in &pages {
            assert!(!page.contains(secret.as_str()), "{name} shows `{secret}`");
        }
    }
}
