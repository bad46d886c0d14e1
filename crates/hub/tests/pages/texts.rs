//! Tests the wording on pages: fields, problems and results, in both languages.

use std::sync::Arc;

use guide::{Guide, Key, Method, Mistake, OutcomeKind, Product};
use hub::pages::{
    self, AccountPage, CheckingPage, FormPage, Frame, HandedStep, HandoffState, HelpPage, Look, Mode,
    PreviousAccount,
};
use hub::texts::Language;
use link::{FieldProblem, Flow, Purpose, Stage, Start};
use secret::Secret;

use crate::played::{MOMENT, ending, hidden, play, start};
use crate::views::{bare, sent};

/// A guide with every feature that these tests need.
pub(crate) const GUIDE: &str = include_str!("guide.yaml");

pub(crate) fn read(text: &str) -> Arc<Guide> {
    let reading = guide::read("acme.yaml", text.as_bytes());
    Arc::new(reading.into_usable().unwrap_or_else(|reading| panic!("{:#?}", reading.findings)))
}

pub(crate) fn with_frame<R>(language: Language, look: impl Fn(&Frame<'_>) -> R) -> R {
    let brand = catalog::shipped_brand();
    let assets = pages::Assets::of(&brand);
    look(&Frame {
        brand: &brand,
        language,
        assets: &assets,
        csrf: "tok",
        mode: Mode::Standalone,
        look: Look::default(),
        return_to: None,
    })
}

fn form(page: &FormPage<'_>) -> String {
    with_frame(Language::En, |frame| pages::form(frame, page))
}

pub(crate) fn key(text: &str) -> Key {
    Key::parse(text).expect("a key")
}

fn played(
    method: &Method,
    guide: &Arc<Guide>,
    matches: impl Fn(OutcomeKind) -> bool,
    answers: usize,
) -> Flow {
    let scenario = ending(method, matches).expect("no such scenario");
    play(guide, method, start(method, scenario), scenario, answers)
}

pub(crate) fn has(page: &str, expected: &[&str]) {
    for text in expected {
        assert!(page.contains(text), "missing: {text}\n{page}");
    }
}

#[test]
fn the_environment_and_missing_values_are_required() {
    let guide = read(GUIDE);
    let mut flow =
        Flow::new(Arc::clone(&guide), "api-key", Start::default()).expect("the guide has no such method");
    let page = form(&bare(&flow));
    has(
        &page,
        &[
            "name=\"environment\" value=\"live\" required",
            "name=\"field.site\"",
            "Only for Test",
            "href=\"#find\"",
        ],
    );
    assert!(!page.contains("_summary"), "{page}");
    let problems = flow.submit_form(None, &[]);
    let page = form(&FormPage { sent: Some(sent(&[], &problems)), ..bare(&flow) });
    has(
        &page,
        &[
            "id=\"_summary\"",
            "autofocus",
            "href=\"#_environment\"",
            "Choose one of these first",
            "<title>Problem: ",
        ],
    );
    flow.submit_form(Some("live"), &[(key("site"), Secret::from("No spaces"))]);
    let entered = [(key("site"), "No spaces".to_owned())];
    let page = form(&FormPage { sent: Some(sent(&entered, &[])), ..bare(&flow) });
    has(
        &page,
        &[
            "value=\"No spaces\"",
            "aria-invalid=\"true\"",
            "<strong>Site</strong> must be letters and digits.",
            "<strong>Token</strong> is required.",
        ],
    );
    has(&page, &["data-step=\"find\" data-when=\"[{&quot;environments&quot;:[&quot;test&quot;]"]);
}

#[test]
fn a_condition_sees_the_default_of_a_field_that_was_left_empty() {
    let district =
        "- { key: district, label: District, type: text, required: false, when: { field: region, is: eu } }";
    let text = GUIDE
        .replace("- { key: token, label", &format!("{district}\n      - {{ key: token, label"))
        .replace("type: select, when:", "type: select, default: eu, when:")
        .replace("[site, region]", "[site, region, district]");
    let conditions = r#"[{"environments":[],"field":"region","values":["eu"],"empty":true},{"environments":["test"],"field":null,"values":[],"empty":false}]"#;
    let conditions = conditions.replace('"', "&quot;");
    for (environment, region, hidden) in
        [("test", "", ""), ("test", "us", " hidden"), ("test", "eu", ""), ("live", "", " hidden")]
    {
        let start = Start { environment: Some(key(environment)), ..Start::default() };
        let mut flow = Flow::new(read(&text), "api-key", start).expect("the guide has no such method");
        flow.submit_form(None, &[(key("region"), Secret::from(region))]);
        let field = format!(" data-step=\"find\" data-when=\"{conditions}\"{hidden}>");
        has(&form(&bare(&flow)), &["data-field=\"district\"", &field]);
    }
}

#[test]
fn an_address_from_another_environment_offers_to_switch_to_it() {
    let guide = read(GUIDE);
    let mut flow = Flow::new(guide, "api-key", Start::default()).expect("the guide has no such method");
    flow.submit_form(Some("live"), &[(key("site"), Secret::from("https://acme.acme.test/"))]);
    let page = form(&bare(&flow));
    has(&page, &["name=\"environment\" value=\"test\" data-environment=\"test\">Switch to Test</button>"]);
}

#[test]
fn a_rejection_marks_the_field_and_keeps_the_other_values() {
    let guide = read(GUIDE);
    let flow = played(&guide.methods[0], &guide, |outcome| outcome == OutcomeKind::WrongSecret, 9);
    let page = form(&FormPage { attempt: Some("att_1"), ..bare(&flow) });
    has(
        &page,
        &[
            "These credentials were rejected",
            "The token is not known.",
            "class=\"step now\" id=\"make\"",
            "value=\"acme\"",
            "aria-describedby=\"error--token said--token\" aria-invalid=\"true\"",
            "This could also be the problem.",
            "value=\"elsewhere\"",
            ">Try in Test<",
            "also be sent to Test.",
            "<code id=\"_reference\">att_1</code>",
        ],
    );
    let test = "      - { key: test, label: Test, host: acme.test }\n";
    let three =
        read(&GUIDE.replace(test, &format!("{test}      - {{ key: beta, label: Beta, host: acme.test }}\n")));
    let flow_of_three = played(&three.methods[0], &three, |outcome| outcome == OutcomeKind::WrongSecret, 9);
    has(&form(&bare(&flow_of_three)), &[">Try all the others<", "also be sent to Test, Beta."]);
    // The explanation comes right after the heading.
    let has_introduction = |page: &str| ["class=\"lead\"", "class=\"meet\""].map(|part| page.contains(part));
    assert_eq!(has_introduction(&page), [false, false], "{page}");
    let fresh =
        Flow::new(Arc::clone(&guide), "api-key", Start::default()).expect("the guide has no such method");
    assert_eq!(has_introduction(&form(&bare(&fresh))), [true, true]);
    let german = with_frame(Language::De, |frame| pages::form(frame, &bare(&flow)));
    has(
        &german,
        &[
            "<html lang=\"de\"",
            "Diese Zugangsdaten wurden abgelehnt",
            "<p lang=\"en\">The token is not known.</p>",
            // The guide gives no advice for this outcome, so the page shows the Hub's default advice, in German.
            "<p lang=\"de\">Kopieren Sie die Zugangsdaten noch einmal",
        ],
    );
}

#[test]
fn a_transient_failure_is_not_attributed_to_a_field() {
    let guide = read(GUIDE);
    let flow = played(&guide.methods[0], &guide, OutcomeKind::is_transient, 9);
    let page = form(&bare(&flow));
    has(&page, &["class=\"note warn\"", "value=\"retry\"", "<span>Saved</span>"]);
    assert!(!page.contains("aria-invalid"), "{page}");
}

#[test]
fn the_page_and_the_script_show_the_same_progress() {
    let guide = read(GUIDE);
    let method = &guide.methods[0];
    let shown = |flow: &Flow| {
        with_frame(Language::En, |frame| {
            let page = CheckingPage { flow, reports: None, base: "/s/i", now: MOMENT.unix() };
            let html = pages::checking(frame, &page);
            let progress = pages::progress(frame, &page);
            for report in &progress.reports {
                has(&html, &[&report.label, &report.says, &format!("<li class=\"{}\"", report.state)]);
            }
            let states: Vec<&str> = progress.reports.iter().map(|report| report.state).collect();
            format!("{} {states:?} {:?}", progress.state, progress.next)
        })
    };
    let good = |outcome: OutcomeKind| outcome.is_good();
    assert_eq!(shown(&played(method, &guide, good, 0)), r#"checking ["running", "pending"] None"#);
    assert_eq!(shown(&played(method, &guide, good, 1)), r#"checking ["passed", "running"] None"#);
    let slow = played(method, &guide, OutcomeKind::is_transient, 1);
    assert_eq!(shown(&slow), r#"checking ["waiting", "pending"] None"#);
    with_frame(Language::En, |frame| {
        let page = CheckingPage { flow: &slow, reports: None, base: "/s/i", now: MOMENT.unix() + 2 };
        let report = pages::progress(frame, &page).reports.remove(0);
        assert_eq!(report.seconds, Some(5));
        assert_eq!(report.says, "Acme is busy. Trying again in 5 s.");
    });
    let progress = |flow: &Flow| {
        with_frame(Language::En, |frame| {
            let page = CheckingPage { flow, reports: None, base: "/s/i", now: 0 };
            let progress = pages::progress(frame, &page);
            (progress.state, progress.next)
        })
    };
    assert_eq!(progress(&played(method, &guide, good, 9)), ("confirm", Some("/s/i/confirm".to_owned())));
    let failed = played(method, &guide, |outcome| outcome == OutcomeKind::WrongSecret, 9);
    assert_eq!(progress(&failed), ("failed", Some("/s/i".to_owned())));
}

#[test]
fn the_found_account_is_confirmed_and_a_different_one_is_shown_next_to_the_old_one() {
    let guide = read(GUIDE);
    let method = &guide.methods[0];
    let flow = played(method, &guide, OutcomeKind::is_good, 9);
    assert!(matches!(flow.stage(), Stage::Confirm { limited: true, .. }));
    let page = AccountPage { flow: &flow, base: "/s/i", previous: None };
    let html = with_frame(Language::En, |frame| pages::confirm(frame, &page));
    has(
        &html,
        &[
            "Is this the right account?",
            "<bdi>Ann</bdi>",
            "Reading more",
            "value=\"no\"",
            "acme.acme.example",
        ],
    );

    let previous = PreviousAccount { id: Some("a0".to_owned()), name: "Bob".to_owned() };
    let scenario = ending(method, OutcomeKind::is_good).expect("no such scenario");
    let relink = |other_allowed| Start {
        purpose: Purpose::Relink { external_id: Some("a0".to_owned()), allow_different: other_allowed },
        ..start(method, scenario)
    };
    let flow = play(&guide, method, relink(true), scenario, 9);
    let page = AccountPage { flow: &flow, previous: Some(&previous), ..page };
    let html = with_frame(Language::En, |frame| pages::confirm(frame, &page));
    has(
        &html,
        &["This is a different account", "<bdi>Bob</bdi>", "<bdi>Ann</bdi>", "Yes, replace the account"],
    );
    let flow = play(&guide, method, relink(false), scenario, 9);
    let html = form(&FormPage { previous: Some(&previous), ..bare(&flow) });
    has(&html, &["Current account", "<bdi>Bob</bdi>", "Account we found", "<bdi>Ann</bdi>"]);
}

#[test]
fn a_blocked_address_is_explained_with_the_products_addresses() {
    let guide = read(GUIDE);
    let method = &guide.methods[0];
    let scenario = ending(method, |outcome| outcome == OutcomeKind::IpBlocked).expect("no such scenario");
    let page = |language, addresses: &[&str]| {
        let egress_addresses = serde_json::from_value(serde_json::json!(addresses)).expect("addresses");
        let product = Product { egress_addresses, ..Product::named("Waystone") };
        let flow = play(&guide, method, Start { product, ..start(method, scenario) }, scenario, 9);
        with_frame(language, |frame| pages::form(frame, &bare(&flow)))
    };
    let known = ["203.0.113.7/32", "198.51.100.0/24"];
    has(&page(Language::En, &known), &["IP addresses (203.0.113.7, 198.51.100.0/24)."]);
    has(&page(Language::En, &[]), &["IP addresses (ask Waystone for them)."]);
    has(
        &page(Language::De, &known),
        &["die IP-Adressen von Waystone (203.0.113.7, 198.51.100.0/24) zuzulassen."],
    );
    has(&page(Language::De, &[]), &["die IP-Adressen von Waystone (fragen Sie Waystone danach) zuzulassen."]);
}

#[test]
fn a_saved_secret_is_marked_and_must_be_entered_again_for_another_host() {
    let guide = read(GUIDE);
    let method = &guide.methods[0];
    let given = &method.scenarios[0].given;
    let begin = Start {
        purpose: Purpose::Relink { external_id: None, allow_different: false },
        environment: Some(key("live")),
        stored: hidden(given).into_iter().collect(),
        ..Start::default()
    };
    let mut flow = Flow::new(Arc::clone(&guide), "api-key", begin).expect("the guide has no such method");
    let page = form(&bare(&flow));
    has(&page, &["<details class=\"kept\">", "need to enter your secrets again.", "Check and save"]);
    assert!(!page.contains("canary"), "{page}");
    flow.submit_form(Some("live"), &[(key("site"), Secret::from("acme")), (key("token"), Secret::from(""))]);
    assert!(matches!(flow.stage(), Stage::Checking(_)), "a secret that is left empty must be kept");
    flow.go_to("find");
    let begin = Start {
        stored: hidden(given).into_iter().collect(),
        environment: Some(key("live")),
        purpose: Purpose::Relink { external_id: None, allow_different: false },
        ..Start::default()
    };
    let mut flow = Flow::new(guide, "api-key", begin).expect("the guide has no such method");
    flow.submit_form(Some("live"), &[(key("site"), Secret::from("other")), (key("token"), Secret::from(""))]);
    let page = form(&bare(&flow));
    has(&page, &["The address has changed, so please enter this again."]);
}

#[test]
fn entered_values_are_previewed_but_secrets_are_not() {
    let guide = read(GUIDE);
    let flow = Flow::new(guide, "api-key", Start::default()).expect("the guide has no such method");
    let entered =
        [(key("site"), " https://Acme.acme.test/x ".to_owned()), (key("token"), "canary-secret".to_owned())];
    let preview = pages::preview(Language::En, &flow, Some("live"), &entered);
    let json = serde_json::to_string(&preview).expect("the preview cannot be serialized");
    assert_eq!(
        json,
        r#"{"host":"acme.acme.example","fields":{"site":{"kept":"acme","problem":null,"belongs_to":["test","Test"]}}}"#
    );
    assert_eq!(
        pages::preview(Language::En, &flow, Some("test"), &entered).host.as_deref(),
        Some("acme.acme.test")
    );
    let bad = [(key("site"), "a b".to_owned())];
    let preview = pages::preview(Language::En, &flow, Some("live"), &bad);
    assert_eq!(preview.host, None);
    assert_eq!(
        preview.fields["site"].problem.as_ref().map(hub::texts::Localized::text),
        Some("Site must be letters and digits.".to_owned())
    );
}

#[test]
fn values_that_someone_else_entered_are_not_shown() {
    let guide = read(GUIDE);
    let method = &guide.methods[0];
    let begin = || Start { environment: Some(key("live")), ..Start::default() };
    let mut flow = Flow::new(Arc::clone(&guide), "api-key", begin()).expect("the guide has no such method");
    let shown = |flow: &Flow, state| {
        let handed = [HandedStep { step: "find", state }];
        form(&FormPage { handed: &handed, ..bare(flow) })
    };
    has(
        &shown(&flow, HandoffState::Waiting),
        &["<span>Waiting for someone else</span>", "Enter it yourself"],
    );
    has(&shown(&flow, HandoffState::Expired), &["<span>The link has expired</span>"]);
    assert_eq!(flow.prefill(&[(key("site"), Secret::from("canaryplace"))]), []);
    let page = shown(&flow, HandoffState::Received);
    has(&page, &["<span>Received</span>"]);
    let input = page
        .split("name=\"field.site\"")
        .nth(1)
        .and_then(|rest| rest.split('>').next())
        .expect("the field is missing");
    assert!(!input.contains("required"), "{input}");
    assert!(!page.contains("canaryplace"), "{page}");

    let (_, step) = method.steps().next().expect("the method has no steps");
    let other = Flow::new(Arc::clone(&guide), "api-key", begin()).expect("the guide has no such method");
    let problems =
        [FieldProblem { field: key("site"), says: Mistake::Missing.in_field("Site"), belongs_to: None }];
    let page = HelpPage {
        flow: &other,
        step,
        host: None,
        host_changed: false,
        customer: "Acme",
        person: None,
        action: "/help/h",
        typed: &[],
        problems: &problems,
    };
    let html = with_frame(Language::En, |frame| pages::help(frame, &page));
    has(
        &html,
        &[
            "action=\"/help/h\"",
            "name=\"field.site\"",
            "<strong>Site</strong> is required.",
            "<h2 id=\"in--title--find\">Find</h2>",
        ],
    );
    assert!(!html.contains("field.token"), "the page shows a field from another step: {html}");
}
