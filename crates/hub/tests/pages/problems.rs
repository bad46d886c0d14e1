//! Tests how pages explain problems: each sentence once, with field labels in bold, and with a way to continue.

use guide::OutcomeKind;
use hub::pages::{self, Frame, Mode, Trouble};
use hub::texts::Language;

use crate::every_page;
use crate::texts::with_frame;

/// Returns the text of an HTML fragment without its tags.
fn text_of(html: &str) -> String {
    let parts = html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    parts.collect()
}

/// Returns the sentences in the summary of a page: its headline and its paragraphs.
fn sentences(page: &str) -> Vec<String> {
    let Some((_, summary)) = page.split_once("id=\"_summary\"") else { return Vec::new() };
    let summary = summary.split("</section>").next().unwrap_or_default();
    let lines = summary.lines().filter(|line| line.starts_with("<h2") || line.starts_with("<p lang="));
    let texts = lines.map(text_of);
    texts
        .flat_map(|text| text.split(". ").map(|one| one.trim_end_matches('.').to_owned()).collect::<Vec<_>>())
        .collect()
}

#[test]
fn no_failure_says_the_same_twice() {
    let mut failures = 0;
    for (name, page) in every_page() {
        let sentences = sentences(&page);
        failures += usize::from(name.contains("--failed-"));
        assert!(!name.contains("--failed-") || sentences.len() >= 2, "{name}: {sentences:?}");
        for (at, sentence) in sentences.iter().enumerate() {
            assert!(!sentences[..at].contains(sentence), "{name}: {sentence}");
        }
        let standard = ["is having problems", "We couldn&#39;t reach"];
        for words in standard {
            let count = sentences.iter().filter(|one| one.contains(words)).count();
            assert!(count <= 1, "{name}: {sentences:?}");
        }
    }
    assert!(20 < failures, "{failures}");
}

#[test]
fn a_transient_failure_is_explained_in_the_readers_language() {
    let transient = OutcomeKind::ALL.iter().filter(|kind| kind.is_transient());
    let transient: Vec<String> = transient.map(|kind| format!("--failed-{kind}-de")).collect();
    let mut found = 0;
    for (name, page) in every_page().iter().filter(|(name, _)| transient.iter().any(|one| name.contains(one)))
    {
        let (_, summary) = page.split_once("id=\"_summary\"").expect("a summary");
        let summary = summary.split("</section>").next().unwrap_or_default();
        assert!(!summary.contains("<p lang=\"en\""), "{name}: {summary}");
        found += 1;
    }
    assert!(0 < found, "no transient failure was shown in German");
}

#[test]
fn a_page_without_a_session_leads_to_the_products_site() {
    let site = catalog::shipped_brand().site_url.expect("the built-in brand has a site");
    let link = format!("<a class=\"button primary\" href=\"{site}\">");
    let page = |mode, return_to| {
        with_frame(Language::En, |frame| {
            pages::trouble(&Frame { mode, return_to, ..*frame }, &Trouble::NoSession)
        })
    };
    assert!(page(Mode::Standalone, None).contains(&link));
    let back = page(Mode::Standalone, Some("https://app.example.com/settings"));
    assert!(back.contains("href=\"https://app.example.com/settings\"") && !back.contains(&link));
    // In a frame, the site would replace only the frame.
    assert!(!page(Mode::Embedded { parent: "https://app.example.com" }, None).contains(&link));
}
