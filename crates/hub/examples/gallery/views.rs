//! Renders every page in each of its states.
//!
//! **Invariant:** every state is reached by passing events to a flow, as a handler does.

use std::sync::Arc;

use catalog::Catalog;
use guide::{Brand, Guide, Key, Method, OutcomeKind};
use hub::pages::{
    AccountPage, Assets, CheckingPage, DonePage, FormPage, Frame, HandedStep, HandoffPage, HandoffState,
    HelpPage, Look, MethodCard, MethodsPage, Mode, PageProvider, PreviousAccount, ProviderCard,
    ProvidersPage, Scheme, SentForm, SignInPage, Trouble,
};
use hub::{pages, texts::Language};
use link::{FieldProblem, Flow, Purpose, Stage, Start};
use probe::Identity;
use secret::Secret;

use crate::played::{MOMENT, ending, hidden, play, start};

/// The name and the HTML of each page.
pub(crate) type Pages = Vec<(String, String)>;

/// Returns the data for a form page that shows no rejected form, failed attempt, previous account or handoff.
pub(crate) fn bare(flow: &Flow) -> FormPage<'_> {
    FormPage {
        flow,
        base: "/session/s-1/i-1",
        customer: "Acme Outdoor",
        providers: Some("/session/s-1"),
        sent: None,
        attempt: None,
        previous: None,
        handed: &[],
    }
}

/// Returns a rejected form with the given values and problems.
pub(crate) fn sent<'a>(typed: &'a [(Key, String)], problems: &'a [FieldProblem]) -> SentForm<'a> {
    SentForm { typed, problems }
}

/// Renders the pages for `providers` (for all providers if the list is empty), and the pages that are not about a
/// provider.
pub(crate) fn all(brand: &Brand, assets: &Assets, catalog: &Catalog, providers: &[String]) -> Pages {
    let frame = Frame {
        brand,
        language: Language::En,
        assets,
        csrf: "example-token",
        mode: Mode::Standalone,
        look: Look::default(),
        return_to: Some("https://app.example.com/settings"),
    };
    let mut out = Pages::new();
    for entry in catalog.entries() {
        let Some(guide) = entry.guide() else { continue };
        let key = guide.provider.key.as_str();
        if !providers.is_empty() && !providers.iter().any(|one| one == key) {
            continue;
        }
        let guide = Arc::new(guide.clone());
        for method in &guide.methods {
            of_method(&mut out, &frame, &guide, method);
        }
        of_guide(&mut out, &frame, &guide);
    }
    of_none(&mut out, &frame, catalog);
    with_conditions(&mut out, &frame);
    out
}

/// A guide whose fields and steps depend on the values of other fields. No built-in guide has such conditions.
const CONDITIONS: &str =
    include_str!("../../../../tests/corpus/guides/ok/a-choice-and-conditional-steps/guide.yaml");

fn with_conditions(out: &mut Pages, frame: &Frame<'_>) {
    let reading = guide::read("guide.yaml", CONDITIONS.as_bytes());
    let guide = Arc::new(reading.into_usable().expect("the guide is valid"));
    let flow = Flow::new(guide, "api-key", Start::default()).expect("the guide has the method");
    out.push(("conditions--form".to_owned(), pages::form(frame, &bare(&flow))));
}

fn of_method(out: &mut Pages, frame: &Frame<'_>, guide: &Arc<Guide>, method: &Method) {
    let name = format!("{}--{}", guide.provider.key, method.key);
    let german = Frame { language: Language::De, ..*frame };
    let mut put = |state: &str, html: String| out.push((format!("{name}--{state}"), html));
    let new = || {
        Flow::new(Arc::clone(guide), method.key.as_str(), Start::default()).expect("the guide has the method")
    };
    let checking = |flow: &Flow| {
        let now = MOMENT.unix();
        pages::checking(frame, &CheckingPage { flow, reports: None, base: "/session/s-1/i-1", now })
    };

    let mut flow = new();
    put("form", pages::form(frame, &bare(&flow)));
    put("form-de", pages::form(&german, &bare(&flow)));
    let embedded = Frame { mode: Mode::Embedded { parent: "https://app.example.com" }, ..*frame };
    put("form-embedded", pages::form(&embedded, &bare(&flow)));
    let dark = Look { scheme: Scheme::Dark, footer: true };
    put("form-embedded-dark", pages::form(&Frame { look: dark, ..embedded }, &bare(&flow)));
    let problems = flow.submit_form(None, &[]);
    put("missing", pages::form(frame, &FormPage { sent: Some(sent(&[], &problems)), ..bare(&flow) }));

    if let Some(bad) = rejected_values(method) {
        let mut flow = new();
        let first = method.environments.first().map(|one| one.key.as_str());
        flow.submit_form(first, &hidden(&bad));
        put("refused", pages::form(frame, &FormPage { sent: Some(sent(&bad, &[])), ..bare(&flow) }));
    }
    for scenario in method.scenarios.iter().filter(|one| !one.then.outcome.is_good()) {
        let mut flow = play(guide, method, start(method, scenario), scenario, usize::MAX);
        if scenario.agrees {
            continue;
        }
        let previous = PreviousAccount { id: scenario.linked_before.clone(), name: "Acme".to_owned() };
        let page = FormPage { attempt: Some("att_7Qm2Kx"), previous: Some(&previous), ..bare(&flow) };
        let outcome = scenario.then.outcome;
        put(&format!("failed-{outcome}"), pages::form(frame, &page));
        put(&format!("failed-{outcome}-de"), pages::form(&german, &page));
        flow.close();
    }
    if let Some(good) = ending(method, OutcomeKind::is_good) {
        let flow = play(guide, method, start(method, good), good, 0);
        put("checking", checking(&flow));
        let flow = play(guide, method, start(method, good), good, usize::MAX);
        of_account(&mut put, frame, &flow);
        edited(&mut put, frame, guide, good);
    }
    if let Some(slow) = ending(method, OutcomeKind::is_transient) {
        put("waiting", checking(&play(guide, method, start(method, slow), slow, 1)));
    }
    if let Some(limited) = method.scenarios.iter().find(|one| !one.then.missed.is_empty()) {
        let flow = play(guide, method, start(method, limited), limited, usize::MAX);
        put("limited", pages::confirm(frame, &account(&flow)));
    }
}

/// Returns values that the method's fields reject, taken from the fields' examples; `None` if there are no such
/// examples.
fn rejected_values(method: &Method) -> Option<Vec<(Key, String)>> {
    let typed = method.fields.iter().filter_map(|field| {
        let example = field.examples.iter().find(|one| one.then.is_err() && !one.typed.trim().is_empty())?;
        Some((field.key.clone(), example.typed.clone()))
    });
    let typed: Vec<_> = typed.collect();
    (!typed.is_empty()).then_some(typed)
}

fn account(flow: &Flow) -> AccountPage<'_> {
    AccountPage { flow, base: "/session/s-1/i-1", previous: None }
}

fn of_account(put: &mut impl FnMut(&str, String), frame: &Frame<'_>, flow: &Flow) {
    let page = account(flow);
    put("confirm", pages::confirm(frame, &page));
    let identity = match flow.stage() {
        Stage::Confirm { identity, .. } => identity.cloned(),
        _ => None,
    };
    let done = DonePage {
        provider: PageProvider::from(flow.guide()),
        account: "acc_1",
        identity: identity.as_ref(),
        is_limited: false,
        missed: &[],
        is_again: false,
    };
    put("done", pages::done(frame, &done));
    let missed = ["Reading contacts".to_owned()];
    put(
        "done-limited",
        pages::done(frame, &DonePage { is_limited: true, missed: &missed, is_again: true, ..done }),
    );
}

/// Renders the pages for linking an account again: the form, the form after a change of host, and the page that is
/// shown if the new account differs from the previous one.
fn edited(put: &mut impl FnMut(&str, String), frame: &Frame<'_>, guide: &Arc<Guide>, good: &guide::Scenario) {
    let has_it = |method: &&Method| method.scenarios.iter().any(|one| std::ptr::eq(one, good));
    let method = guide.methods.iter().find(has_it).expect("the scenario belongs to a method in the guide");
    let purpose = Purpose::Relink { external_id: Some("org-before".to_owned()), allow_different: true };
    let stored = hidden(&good.given).into_iter().collect();
    let begin = || Start { purpose: purpose.clone(), stored: Clone::clone(&stored), ..start(method, good) };
    let previous = PreviousAccount { id: Some("org-before".to_owned()), name: "Acme Outdoor".to_owned() };
    let mut flow =
        Flow::new(Arc::clone(guide), method.key.as_str(), begin()).expect("the guide has the method");
    put("edit", pages::form(frame, &FormPage { previous: Some(&previous), ..bare(&flow) }));
    if let Some(host) = probe::host_fields(method).first().copied().cloned() {
        flow.submit_form(None, &[(host, Secret::from("another"))]);
        put(
            "edit-host",
            pages::form(
                frame,
                &FormPage { previous: Some(&previous), sent: Some(sent(&[], &[])), ..bare(&flow) },
            ),
        );
    }
    let flow = play(guide, method, begin(), good, usize::MAX);
    put("confirm-other", pages::confirm(frame, &AccountPage { previous: Some(&previous), ..account(&flow) }));
}

fn of_guide(out: &mut Pages, frame: &Frame<'_>, guide: &Arc<Guide>) {
    let (key, provider) = (&guide.provider.key, PageProvider::from(&**guide));
    let base = "/session/s-1/i-1";
    let mut put = |state: &str, html: String| out.push((format!("{key}--{state}"), html));
    let method = &guide.methods[0];
    let first = method.environments.first().map(|one| one.key.clone());
    let begin = Start { environment: first, ..Start::default() };
    let flow = Flow::new(Arc::clone(guide), method.key.as_str(), begin).expect("the guide has the method");
    let steps = flow.all_steps();
    if let Some((_, step)) = steps.iter().rev().find(|(_, step)| !step.collects.is_empty()) {
        let page = HelpPage {
            flow: &flow,
            step,
            host: Some("acme.example"),
            host_changed: false,
            customer: "Acme Outdoor",
            person: Some("Ada Lovelace"),
            action: "/help/h-1",
            typed: &[],
            problems: &[],
        };
        put("help", pages::help(frame, &page));
        let handoff = HandoffPage {
            provider,
            step: &step.title,
            link: "https://hub.example.com/help/h-1",
            until: jiff::Timestamp::UNIX_EPOCH,
            base,
        };
        put("handoff", pages::handoff_created(frame, &handoff));
        for (name, state) in [
            ("handed", HandoffState::Waiting),
            ("handed-in", HandoffState::Received),
            ("handed-late", HandoffState::Expired),
        ] {
            let handed = [HandedStep { step: step.key.as_str(), state }];
            put(name, pages::form(frame, &FormPage { handed: &handed, ..bare(&flow) }));
        }
    }
    let cards: Vec<MethodCard> = guide
        .methods
        .iter()
        .map(|method| MethodCard {
            label: method.label.clone(),
            description: method.description.clone(),
            in_browser: method.auth.needs_browser(),
            url: base.to_owned(),
        })
        .collect();
    let page = MethodsPage { provider, providers: Some("/session/s-1"), methods: &cards };
    put("methods", pages::methods(frame, &page));
    let page = SignInPage { provider, customer: "Acme Outdoor" };
    put("sign-in", pages::sign_in(frame, &page, base, "1.sgn_example"));
    put("sign-in-ask", pages::sign_in_ask(frame, &page, None));
    put("sign-in-done", pages::signed_in(frame, &page));
    put("sign-in-failed", pages::sign_in_failed(frame, &page, None));
}

fn of_none(out: &mut Pages, frame: &Frame<'_>, catalog: &Catalog) {
    let mut put = |state: &str, html: String| out.push((state.to_owned(), html));
    let cards: Vec<ProviderCard> = catalog
        .guides()
        .map(|guide| ProviderCard {
            key: guide.provider.key.to_string(),
            name: guide.provider.name.clone(),
            aliases: guide.provider.aliases.clone(),
            categories: guide.provider.categories.clone(),
            url: format!("/session/s-1/{}", guide.provider.key),
        })
        .collect();
    let german = Frame { language: Language::De, ..*frame };
    let page = ProvidersPage { base: "/session/s-1", all: &cards, query: "", category: "" };
    put("providers", pages::providers(frame, &page));
    put("providers-de", pages::providers(&german, &page));
    let long = Brand { name: "Consolidated Northwind Trading Company ".repeat(4), ..frame.brand.clone() };
    put("providers-long", pages::providers(&Frame { brand: &long, ..*frame }, &page));
    put("providers-none", pages::providers(frame, &ProvidersPage { query: "<zzz> & \"", ..page }));
    put("thanks", pages::help_thanks(frame));
    put("too-late", pages::help_too_late(frame));
    put("opening", pages::opening(frame));
    put("opening-de", pages::opening(&german));
    let troubles = [
        Trouble::LinkExpired,
        Trouble::LinkUsed,
        Trouble::LinkRevoked,
        Trouble::NoSession,
        Trouble::OtherBrowser,
        Trouble::SignInOver,
        Trouble::CookiesOff,
        Trouble::TooManyAttempts { minutes: 5 },
        Trouble::CookiesBlocked { action: "/session/1/window".to_owned(), frame: "wsf_example".to_owned() },
        Trouble::OriginNotAllowed,
        Trouble::NotFound,
        Trouble::StaleForm { back: "/session/s-1/i-1".to_owned() },
        Trouble::HubError { request: "req_01J9".to_owned() },
    ];
    for trouble in troubles {
        let code = <&str>::from(&trouble);
        put(&format!("trouble-{code}"), pages::trouble(frame, &trouble));
        put(&format!("trouble-{code}-de"), pages::trouble(&german, &trouble));
    }
    let nameless =
        Identity { id: "org-7Qm".to_owned(), name: "Acme Outdoor".to_owned(), details: Vec::new() };
    let done = DonePage {
        provider: PageProvider { key: "acme", name: "Acme" },
        account: "acc_1",
        identity: Some(&nameless),
        is_limited: false,
        missed: &[],
        is_again: true,
    };
    put("done-plain", pages::done(&german, &done));
}
