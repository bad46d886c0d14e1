//! Tests that text from guides and people cannot inject markup into pages, and that pages do not show secrets.

use std::sync::Arc;

use hub::pages::{self, Assets, Frame, Look, Mode, ProviderCard, ProvidersPage, Trouble};
use hub::texts::Language;
use link::Flow;

use crate::texts::{GUIDE, key};
use crate::views::{bare, sent};
use crate::{every_page, views};

/// A string that tries to end an attribute and a tag, to inject elements, and to change the text direction.
const HOSTILE: &str =
    "\"'></script><script>alert(1)</script><img src=x onerror=alert(1)>\u{202e}\u{2066}&amp;";

/// Returns a guide whose labels, titles and names are hostile.
fn hostile_guide() -> String {
    let quoted = serde_json::to_string(HOSTILE)
        .expect("a string")
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
fn texts_from_guides_and_people_never_become_markup() {
    let text = hostile_guide();
    let reading = guide::read("acme.yaml", text.as_bytes());
    let guide = Arc::new(reading.into_usable().unwrap_or_else(|reading| panic!("{:#?}", reading.findings)));
    let brand = catalog::shipped_brand();
    let assets = Assets::of(&brand);
    let frame = Frame {
        brand: &brand,
        language: Language::En,
        assets: &assets,
        csrf: HOSTILE,
        mode: Mode::Embedded { parent: HOSTILE },
        look: Look::default(),
        return_to: Some("javascript:alert(1)"),
    };
    let mut flow = Flow::new(guide, "api-key", link::Start::default()).expect("the guide has no such method");
    let site = guide::Key::parse("site").expect("a key");
    flow.submit_form(Some("live"), &[(site.clone(), HOSTILE.into())]);
    let entered = [(site, HOSTILE.to_owned())];
    let form = pages::form(
        &frame,
        &pages::FormPage { sent: Some(sent(&entered, &[])), attempt: Some(HOSTILE), ..bare(&flow) },
    );
    let card = ProviderCard {
        key: HOSTILE.to_owned(),
        name: HOSTILE.to_owned(),
        aliases: vec![HOSTILE.to_owned()],
        categories: vec![HOSTILE.to_owned(), "b".to_owned()],
        url: HOSTILE.to_owned(),
    };
    let picker = pages::providers(
        &frame,
        &ProvidersPage { base: HOSTILE, all: &[card], query: HOSTILE, category: HOSTILE },
    );
    let trouble = pages::trouble(&frame, &Trouble::HubError { request: HOSTILE.to_owned() });
    for page in [form, picker, trouble] {
        assert_no_injection(&page);
        assert!(
            !page.contains("javascript:") && !page.contains('\u{202e}') && !page.contains('\u{2066}'),
            "{page}"
        );
    }
}

/// Asserts that a page has exactly one script, which comes from our own origin, and no inline style, event handler or
/// injected element.
fn assert_no_injection(page: &str) {
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
fn no_page_has_inline_code_or_style_or_loads_from_other_sites() {
    for (name, page) in every_page() {
        assert_no_injection(&page);
        for part in page.split(" src=\"").skip(1) {
            assert!(
                part.starts_with("/assets/") || part.starts_with("/connectors/"),
                "{name}: {}",
                &part[..60]
            );
        }
        assert!(!page.contains("<link rel=\"stylesheet\" href=\"http"), "{name}");
    }
}

#[test]
fn no_page_contains_a_secret() {
    let shipped = catalog::shipped();
    let mut secrets: Vec<String> = Vec::new();
    for method in shipped.guides().flat_map(|guide| &guide.methods) {
        let is_secret = |key: &guide::Key| method.field(key.as_str()).is_some_and(|field| field.secret);
        for scenario in &method.scenarios {
            let given = scenario.given.iter().filter(|(key, _)| is_secret(key));
            secrets.extend(given.chain(&scenario.tokens).map(|(_, text)| text.clone()));
        }
    }
    // Ignores short or ordinary-looking secrets, because they might appear on pages anyway.
    secrets.retain(|text| 8 <= text.len() && text.contains(['-', '_']) && !text.contains(' '));
    secrets.sort();
    secrets.dedup();
    assert!(!secrets.is_empty(), "the guides contain no secrets");
    let pages: views::Pages = every_page();
    for secret in &secrets {
        for (name, page) in &pages {
            assert!(!page.contains(secret.as_str()), "{name} shows `{secret}`");
        }
    }
}

#[test]
fn field_names_cannot_collide_with_our_own_inputs() {
    assert_eq!(pages::field_name(&key("csrf")), "field.csrf");
    assert_eq!(pages::field_of("field.csrf"), Some(key("csrf")));
    assert_eq!(pages::field_of("csrf"), None);
    assert_eq!(pages::field_of("field.A b"), None);
}
