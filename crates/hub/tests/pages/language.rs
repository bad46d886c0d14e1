//! Tests that our own messages are in the reader's language, and the guide's messages are in the guide's language, except
//! for the labels of our buttons.

use std::sync::Arc;

use hub::pages::{self, HelpPage};
use hub::texts::Language;
use link::{Flow, Purpose, Start};
use secret::Secret;

use crate::texts::{GUIDE, has, key, read, with_frame};
use crate::views::bare;

#[test]
fn messages_about_values_are_in_the_readers_language() {
    let guide = read(GUIDE);
    let start = Start { environment: Some(key("live")), ..Start::default() };
    let mut flow = Flow::new(guide, "api-key", start).expect("the guide has no such method");
    flow.submit_all(&[(key("site"), Secret::from("a b")), (key("token"), Secret::from("two words"))]);
    let german = with_frame(Language::De, |frame| pages::form(frame, &bare(&flow)));
    has(
        &german,
        &[
            // This message comes from the guide.
            "id=\"error--site\" aria-live=\"polite\" lang=\"en\"><strong>Site</strong> must be letters and digits.</p>",
            "id=\"error--token\" aria-live=\"polite\" lang=\"de\"><strong>Token</strong> darf keine Leerzeichen enthalten. ",
        ],
    );
}

/// Requires that the guide's step, which refers to the form's button, and the button have the same label.
#[track_caller]
fn step_names_button(page: &str, label: &str) {
    has(page, &[&format!("<strong>{label}</strong>"), &format!(">{label}</button>")]);
}

#[test]
fn the_guide_names_the_button_that_the_page_shows() {
    let text = GUIDE.replace("body: Find it.", "body: 'Enter it, and click **{{ hub.button }}**.'");
    let guide = read(&text);
    let start = |purpose| Start { environment: Some(key("live")), purpose, ..Start::default() };
    let again = Purpose::Relink { external_id: None, allow_different: false };
    let labels = [
        (Language::En, ["Connect", "Check and save", "Send"]),
        (Language::De, ["Verbinden", "Prüfen und speichern", "Senden"]),
    ];
    for (language, [first, second, helper]) in labels {
        for (purpose, label) in [(Purpose::Link, first), (again.clone(), second)] {
            let flow = Flow::new(Arc::clone(&guide), "api-key", start(purpose)).expect("the method");
            step_names_button(&with_frame(language, |frame| pages::form(frame, &bare(&flow))), label);
        }
        let flow = Flow::new(Arc::clone(&guide), "api-key", start(Purpose::Link)).expect("the method");
        let step = flow.method().step("find").expect("the step").1;
        let page = HelpPage {
            flow: &flow,
            step,
            host: None,
            host_changed: false,
            customer: "Acme",
            person: None,
            action: "/help",
            typed: &[],
            problems: &[],
        };
        step_names_button(&with_frame(language, |frame| pages::help(frame, &page)), helper);
    }
}

#[test]
fn the_guide_names_the_button_that_leads_to_the_provider() {
    let catalog = catalog::shipped();
    let guide = catalog.find("salesforce").and_then(|entry| entry.guide()).cloned().expect("the guide");
    let flow = Flow::new(Arc::new(guide), "oauth", Start::default()).expect("the method");
    for (language, label) in
        [(Language::En, "Continue to Salesforce"), (Language::De, "Weiter zu Salesforce")]
    {
        step_names_button(&with_frame(language, |frame| pages::form(frame, &bare(&flow))), label);
    }
}
