//! Accounts that lack access or a name.

use guide::OutcomeKind;
use hub::pages::{self, AccountPage, CheckingPage, DonePage, PageProvider};
use hub::texts::Language;
use link::Flow;
use probe::Identity;

use crate::played::{MOMENT, ending, play, start};
use crate::texts::{GUIDE, has, read, with_frame};

/// Plays the first successful scenario of a guide.
fn confirmed(text: &str) -> Flow {
    let guide = read(text);
    let method = &guide.methods[0];
    let scenario = ending(method, OutcomeKind::is_good).expect("no such scenario");
    play(&guide, method, start(method, scenario), scenario, 9)
}

fn confirm(flow: &Flow) -> String {
    let page = AccountPage { flow, base: "/s/i", previous: None };
    with_frame(Language::En, |frame| pages::confirm(frame, &page))
}

#[test]
fn missing_access_is_explained_with_the_rules_own_text() {
    let rule = "- { key: hidden, when: { status: 403 }, is: missing_permission, says: The key cannot read more., fix: Add the scope. }";
    let text = GUIDE.replace("    outcomes:\n", &format!("    outcomes:\n      {rule}\n"));
    let page = confirm(&confirmed(&text));
    has(
        &page,
        &[
            "Some access is missing",
            "<strong>Reading more</strong>",
            "<p lang=\"en\">The key cannot read more.</p>",
            "<p lang=\"en\">Add the scope.</p>",
        ],
    );
}

#[test]
fn a_limited_account_without_an_identity_is_explained_too() {
    let rule = "- { key: hidden, when: { status: 403 }, is: ok_limited, says: The key hides its account., fix: Allow it. }";
    let text = GUIDE
        .replace("    outcomes:\n", &format!("    outcomes:\n      {rule}\n"))
        .replace("status: 200, json: { id: a1, name: Ann }", "status: 403, json: {}")
        .replace("status: 403, json: {} } }\n        then:", "status: 200, json: {} } }\n        then:")
        .replace("account: { id: a1, name: Ann }, missed: more }", "rule: hidden }");
    let page = confirm(&confirmed(&text));
    has(
        &page,
        &[
            "Your details work",
            "<strong>Reading who this is</strong>",
            "The key hides its account.",
            "Allow it.",
            "No, change my details",
        ],
    );
    assert!(!page.contains("class=\"person\""), "{page}");
}

#[test]
fn an_account_without_a_name_is_shown_with_its_id() {
    let text = GUIDE.replace("name: '{{ json.name }}'", "name: '{{ json.nick }}'");
    let flow = confirmed(&text.replace("json: { id: a1, name: Ann }", "json: { id: a1, nick: '' }"));
    has(&confirm(&flow), &["<bdi>a1</bdi>"]);
    let nameless = Identity { id: "a1".to_owned(), name: String::new(), details: Vec::new() };
    let page = DonePage {
        provider: PageProvider { key: "acme", name: "Acme" },
        account: "acc_1",
        identity: Some(&nameless),
        is_limited: true,
        missed: &[],
        is_again: false,
    };
    let html = with_frame(Language::En, |frame| pages::done(frame, &page));
    has(&html, &[">Acme is connected</h1>", "<bdi>a1</bdi>", "Some access is missing"]);
}

#[test]
fn an_environment_that_the_account_names_is_not_repeated() {
    let text =
        GUIDE.replace("name: '{{ json.name }}' }", "name: '{{ json.name }}', details: { Mode: Live } }");
    assert!(confirm(&confirmed(GUIDE)).contains(">Environment</dt>"));
    let called = GUIDE.replace("    environments:\n", "    environment_label: Region\n    environments:\n");
    assert!(confirm(&confirmed(&called)).contains(">Region</dt>"));
    let page = confirm(&confirmed(&text));
    assert!(page.contains("<dt>Mode</dt>") && !page.contains(">Environment</dt>"), "{page}");
}

#[test]
fn a_check_is_shown_as_running_before_any_progress_is_saved() {
    let guide = read(GUIDE);
    let method = &guide.methods[0];
    let scenario = ending(method, OutcomeKind::is_good).expect("no such scenario");
    let flow = play(&guide, method, start(method, scenario), scenario, 0);
    let page = CheckingPage { flow: &flow, reports: Some(&[]), base: "/s/i", now: MOMENT.unix() };
    let progress = with_frame(Language::En, |frame| pages::progress(frame, &page));
    let states: Vec<&str> = progress.reports.iter().map(|report| report.state).collect();
    assert_eq!(states, ["running", "pending"]);
}
