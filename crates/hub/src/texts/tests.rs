//! Tests that each language has every message, with the same placeholders.

use guide::{Mistake, Product};

use super::*;

fn names(message: &str) -> Vec<&str> {
    let mut names: Vec<&str> =
        message.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect();
    names.sort_unstable();
    names
}

#[test]
fn every_language_has_every_message_with_the_same_names() {
    let base = Language::En.texts().all();
    for language in Language::ALL {
        for ((name, first), (_, text)) in base.iter().zip(language.texts().all()) {
            assert!(!text.trim().is_empty(), "{language:?}: {name} is empty");
            assert_eq!(names(first), names(text), "{language:?}: {name}");
            assert!(!text.contains('!') && !text.contains("..."), "{language:?}: {name}: {text}");
            // Sentences end with a period; titles, labels and buttons do not.
            let is_sentence =
                ["_lead", "_lead_nameless", "_lead_browser", "_fix", "_close", "promise", "fault"]
                    .iter()
                    .any(|ending| name.ends_with(ending));
            let is_label =
                ["_title", "_button", "_yes", "_no", "stage_"].iter().any(|part| name.contains(part));
            assert!(!is_sentence || text.ends_with('.'), "{language:?}: {name}");
            assert!(!is_label || !text.ends_with('.') || is_sentence, "{language:?}: {name}");
        }
        for &kind in OutcomeKind::ALL {
            let headline = language.outcome(kind);
            assert!(!headline.is_empty() && !headline.ends_with('.'), "{language:?}: {kind}");
            assert_eq!(names(headline), names(Language::En.outcome(kind)), "{language:?}: {kind}");
        }
    }
}

#[test]
fn our_own_messages_exist_in_every_language_and_name_their_subject() {
    let (name, other) = (|| "Acme".to_owned(), || "Test".to_owned());
    let mistakes = [
        Mistake::Missing,
        Mistake::Unanswered,
        Mistake::Longer(8),
        Mistake::SeveralLines,
        Mistake::Nul,
        Mistake::NotEmail,
        Mistake::NotHttps,
        Mistake::NotHost,
        Mistake::NotBoolean,
        Mistake::NotOneOf(vec![other()]),
        Mistake::Space,
        Mistake::Invisible,
        Mistake::Quoted,
        Mistake::NotJson,
        Mistake::NotPem,
        Mistake::NotWhole,
        Mistake::NotBetween(1, 9),
        Mistake::Below(1),
        Mistake::Above(9),
        Mistake::Odd,
        Mistake::NoEnvironment(other()),
        Mistake::NoAddress,
        Mistake::Unsendable,
        Mistake::NotSigningKey,
        Mistake::ProtectedKey,
        Mistake::Part,
    ];
    let mut all = vec![
        Ours::AcceptedIn { provider: name(), environment: other() },
        Ours::LinkInstead { works: name(), chosen: other() },
        Ours::AddressOf { shown: name(), chosen: other() },
        Ours::NoToken { provider: name() },
        Ours::WebPage { provider: name() },
        Ours::SignInRejected { provider: name() },
        Ours::SignInEnded { provider: name() },
        Ours::SignInAgain { provider: name() },
        Ours::BrowserNeeded { provider: name(), method: other() },
    ];
    all.extend(mistakes.map(|mistake| Ours::Field { label: name(), mistake }));
    all.extend(OutcomeKind::ALL.iter().map(|&outcome| Ours::Happened { outcome, provider: name() }));
    for ours in &all {
        let (en, de) = (Language::En.translate(ours), Language::De.translate(ours));
        assert!(en.contains("Acme") && de.contains("Acme") && en != de, "{en} / {de}");
        assert!(!de.contains('{') || en.contains('{'), "{de}");
    }
    for &outcome in OutcomeKind::ALL {
        let fix = Ours::Fix { outcome, provider: name(), product: Product::named(name()) };
        let (en, de) = (Language::En.translate(&fix), Language::De.translate(&fix));
        assert!(en != de && de.ends_with('.') && en.contains("Acme") == de.contains("Acme"), "{en} / {de}");
    }
}

#[test]
fn a_wait_is_rounded_in_both_languages() {
    let check = |seconds, en: &str, de: &str| {
        let ours = Ours::TryLater { seconds };
        let texts = Language::ALL.map(|language| language.translate(&ours));
        assert!(texts[0].contains(en) && texts[1].contains(de), "{texts:?}");
    };
    check(40, "in about a minute.", "in etwa einer Minute ");
    check(300, "in about 5 minutes.", "in etwa 5 Minuten ");
    check(3600, "in about an hour.", "in etwa einer Stunde ");
    check(7200, "in about 2 hours.", "in etwa 2 Stunden ");
    check(259_200, "in about 3 days.", "in etwa 3 Tagen ");
}

#[test]
fn only_shared_words_are_the_same_in_both_languages() {
    let (en, de) = (Language::En.texts().all(), Language::De.texts().all());
    let alike: Vec<_> = en.iter().zip(&de).filter(|(a, b)| a.1 == b.1).map(|(a, _)| a.0).collect();
    assert_eq!(alike, ["dir", "title_error", "optional"]);
}

#[test]
fn the_language_follows_the_browsers_preference() {
    let check =
        |header: &str, expected: Language| assert_eq!(Language::negotiate(header), expected, "{header}");
    check("de-AT,de;q=0.9,en;q=0.8", Language::De);
    check("fr, en;q=0.5, de;q=0.7", Language::De);
    check("fr", Language::En);
    check("de;q=0, en;q=0.1", Language::En);
    check("", Language::En);
    check(";;;,q=,=", Language::En);
}

#[test]
fn inserted_values_are_not_expanded() {
    assert_eq!(fill("{a} to {b}", &[("a", "{b}"), ("b", "x")]), "{b} to x");
    assert_eq!(fill("a { b", &[]), "a { b");
}
