//! Every page in its states.
//!
//! **Invariant:** a state is reached by telling a flow what happened, as a handler does.

use std::sync::Arc;

use catalog::Catalog;
use guide::{Brand, Guide, Key, Method, OutcomeKind};
use hub::pages::{
    AccountPage, Assets, Before, CheckingPage, DonePage, FormLinks, FormPage, Frame, HandedStep, Handing,
    HandoffPage, HelpPage, Look, MethodCard, MethodsPage, Mode, ProviderCard, ProvidersPage, Scheme,
    SentForm, SignInPage, Trouble,
};
use hub::{pages, texts::Language};
use link::{FieldProblem, Flow, Purpose, Stage, Start};
use probe::Identity;
use secret::Secret;

use crate::played::{MOMENT, ending, hidden, play, start};

/// Pages with their names.
pub(crate) type Pages = Vec<(String, String)>;

/// A form page with nothing but its flow.
pub(crate) fn bare<'a>(flow: &'a Flow, icon: Option<&'a str>) -> FormPage<'a> {
    FormPage {
        flow,
        links: FormLinks { base: "/session/s-1/i-1", providers: Some("/session/s-1"), icon },
        sent: None,
        attempt: None,
        before: None,
        handed: &[],
    }
}

/// A form that was sent with these values, and has these problems.
pub(crate) fn sent<'a>(typed: &'a [(Key, String)], problems: &'a [FieldProblem]) -> SentForm<'a> {
    SentForm { typed, problems }
}

/// Pages of the chosen providers, of all if none is chosen; and those that belong to none.
pub(crate) fn all(brand: &Brand, assets: &Assets, catalog: &Catalog, wanted: &[String]) -> Pages {
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
        if !wanted.is_empty() && !wanted.iter().any(|one| one == key) {
            continue;
        }
        let guide = Arc::new(guide.clone());
        let icon = icon_of(catalog, key);
        for method in &guide.methods {
            of_method(&mut out, &frame, &guide, method, icon.as_deref());
        }
        of_guide(&mut out, &frame, &guide, icon.as_deref());
    }
    of_none(&mut out, &frame, catalog);
    out
}

fn icon_of(catalog: &Catalog, key: &str) -> Option<String> {
    let (name, bytes) = catalog.find(key)?.assets.iter().next()?;
    Some(pages::icon_path(key, name, bytes))
}

fn of_method(out: &mut Pages, frame: &Frame<'_>, guide: &Arc<Guide>, method: &Method, icon: Option<&str>) {
    let name = format!("{}--{}", guide.provider.key, method.key);
    let german = Frame { language: Language::De, ..*frame };
    let mut put = |state: &str, html: String| out.push((format!("{name}--{state}"), html));
    let new =
        || Flow::new(Arc::clone(guide), method.key.as_str(), Start::default()).expect("the method is there");
    let checking = |flow: &Flow| {
        pages::checking(
            frame,
            &CheckingPage { flow, reports: None, base: "/session/s-1/i-1", icon, now: MOMENT.unix() },
        )
    };

    let mut flow = new();
    put("form", pages::form(frame, &bare(&flow, icon)));
    put("form-de", pages::form(&german, &bare(&flow, icon)));
    let embedded = Frame { mode: Mode::Embedded { parent: "https://app.example.com" }, ..*frame };
    put("form-embedded", pages::form(&embedded, &bare(&flow, icon)));
    let dark = Look { scheme: Scheme::Dark, footer: true };
    put("form-embedded-dark", pages::form(&Frame { look: dark, ..embedded }, &bare(&flow, icon)));
    let problems = flow.submit_form(None, &[]);
    put("missing", pages::form(frame, &FormPage { sent: Some(sent(&[], &problems)), ..bare(&flow, icon) }));

    if let Some(bad) = badly_typed(method) {
        let mut flow = new();
        let first = method.environments.first().map(|one| one.key.as_str());
        flow.submit_form(first, &hidden(&bad));
        put("refused", pages::form(frame, &FormPage { sent: Some(sent(&bad, &[])), ..bare(&flow, icon) }));
    }
    for scenario in method.scenarios.iter().filter(|one| !one.then.outcome.is_good()) {
        let mut flow = play(guide, method, start(method, scenario), scenario, usize::MAX);
        if scenario.agrees {
            continue;
        }
        let before = Before { id: scenario.linked_before.clone(), name: "Acme".to_owned() };
        let page = FormPage { attempt: Some("att_7Qm2Kx"), before: Some(&before), ..bare(&flow, icon) };
        let outcome = scenario.then.outcome;
        put(&format!("failed-{outcome}"), pages::form(frame, &page));
        put(&format!("failed-{outcome}-de"), pages::form(&german, &page));
        flow.close();
    }
    if let Some(good) = ending(method, OutcomeKind::is_good) {
        let flow = play(guide, method, start(method, good), good, 0);
        put("checking", checking(&flow));
        let flow = play(guide, method, start(method, good), good, usize::MAX);
        of_account(&mut put, frame, &flow, icon);
        edited(&mut put, frame, guide, good, icon);
    }
    if let Some(slow) = ending(method, OutcomeKind::is_transient) {
        put("waiting", checking(&play(guide, method, start(method, slow), slow, 1)));
    }
    if let Some(limited) = method.scenarios.iter().find(|one| !one.then.missed.is_empty()) {
        let flow = play(guide, method, start(method, limited), limited, usize::MAX);
        put("limited", pages::confirm(frame, &account(&flow, icon)));
    }
}

/// What fields refuse, by their own examples.
fn badly_typed(method: &Method) -> Option<Vec<(Key, String)>> {
    let typed = method.fields.iter().filter_map(|field| {
        let example = field.examples.iter().find(|one| one.then.is_err() && !one.typed.trim().is_empty())?;
        Some((field.key.clone(), example.typed.clone()))
    });
    let typed: Vec<_> = typed.collect();
    (!typed.is_empty()).then_some(typed)
}

fn account<'a>(flow: &'a Flow, icon: Option<&'a str>) -> AccountPage<'a> {
    AccountPage { flow, base: "/session/s-1/i-1", icon, before: None }
}

fn of_account(put: &mut impl FnMut(&str, String), frame: &Frame<'_>, flow: &Flow, icon: Option<&str>) {
    let page = account(flow, icon);
    put("confirm", pages::confirm(frame, &page));
    let identity = match flow.stage() {
        Stage::Confirm { identity, .. } => identity.cloned(),
        _ => None,
    };
    let provider = flow.guide().provider.name.as_str();
    let done = DonePage {
        key: flow.guide().provider.key.as_str(),
        provider,
        icon,
        account: "acc_1",
        identity: identity.as_ref(),
        missed: &[],
        is_again: false,
    };
    put("done", pages::done(frame, &done));
    let missed = ["Reading contacts".to_owned()];
    put("done-limited", pages::done(frame, &DonePage { missed: &missed, is_again: true, ..done }));
}

/// An account that is linked again: its form, its host changed, and another account found.
fn edited(
    put: &mut impl FnMut(&str, String),
    frame: &Frame<'_>,
    guide: &Arc<Guide>,
    good: &guide::Scenario,
    icon: Option<&str>,
) {
    let has_it = |method: &&Method| method.scenarios.iter().any(|one| std::ptr::eq(one, good));
    let method = guide.methods.iter().find(has_it).expect("the scenario belongs to a method of the guide");
    let purpose = Purpose::Relink { external_id: Some("org-before".to_owned()), allow_different: true };
    let stored = hidden(&good.given).into_iter().collect();
    let begin = || Start { purpose: purpose.clone(), stored: Clone::clone(&stored), ..start(method, good) };
    let before = Before { id: Some("org-before".to_owned()), name: "Acme Outdoor".to_owned() };
    let mut flow = Flow::new(Arc::clone(guide), method.key.as_str(), begin()).expect("the method is there");
    put("edit", pages::form(frame, &FormPage { before: Some(&before), ..bare(&flow, icon) }));
    if let Some(host) = probe::host_fields(method).first().copied().cloned() {
        flow.submit_form(None, &[(host, Secret::from("another"))]);
        put(
            "edit-host",
            pages::form(
                frame,
                &FormPage { before: Some(&before), sent: Some(sent(&[], &[])), ..bare(&flow, icon) },
            ),
        );
    }
    let flow = play(guide, method, begin(), good, usize::MAX);
    put(
        "confirm-other",
        pages::confirm(frame, &AccountPage { before: Some(&before), ..account(&flow, icon) }),
    );
}

fn of_guide(out: &mut Pages, frame: &Frame<'_>, guide: &Arc<Guide>, icon: Option<&str>) {
    let (key, provider) = (&guide.provider.key, guide.provider.name.as_str());
    let base = "/session/s-1/i-1";
    let mut put = |state: &str, html: String| out.push((format!("{key}--{state}"), html));
    let method = &guide.methods[0];
    let first = method.environments.first().map(|one| one.key.clone());
    let begin = Start { environment: first, ..Start::default() };
    let flow = Flow::new(Arc::clone(guide), method.key.as_str(), begin).expect("the method is there");
    let steps = flow.all_steps();
    if let Some((_, step)) = steps.iter().rev().find(|(_, step)| !step.collects.is_empty()) {
        let page = HelpPage { flow: &flow, step, icon, action: "/help/h-1", typed: &[], problems: &[] };
        put("help", pages::help(frame, &page));
        let made = HandoffPage {
            provider,
            icon,
            step: &step.title,
            link: "https://hub.example.com/help/h-1",
            until: jiff::Timestamp::UNIX_EPOCH,
            base,
        };
        put("handoff", pages::handoff_made(frame, &made));
        for (name, state) in [
            ("handed", Handing::Waiting),
            ("handed-in", Handing::Received),
            ("handed-late", Handing::Expired),
        ] {
            let handed = [HandedStep { step: step.key.as_str(), state }];
            put(name, pages::form(frame, &FormPage { handed: &handed, ..bare(&flow, icon) }));
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
    let page = MethodsPage { provider, icon, providers: Some("/session/s-1"), methods: &cards };
    put("methods", pages::methods(frame, &page));
    let page = SignInPage { provider, icon, base, follow: false };
    put("sign-in", pages::sign_in(frame, &page, "https://login.example.com/authorize?state=x"));
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
            icon: icon_of(catalog, guide.provider.key.as_str()),
            url: format!("/session/s-1/{}", guide.provider.key),
        })
        .collect();
    let german = Frame { language: Language::De, ..*frame };
    let page = ProvidersPage { base: "/session/s-1", all: &cards, query: "", category: "" };
    put("providers", pages::providers(frame, &page));
    put("providers-de", pages::providers(&german, &page));
    put("providers-none", pages::providers(frame, &ProvidersPage { query: "<zzz> & \"", ..page }));
    put("thanks", pages::help_thanks(frame));
    put("opening", pages::opening(frame));
    put("opening-de", pages::opening(&german));
    let troubles = [
        Trouble::LinkExpired,
        Trouble::LinkUsed,
        Trouble::LinkRevoked,
        Trouble::NoSession,
        Trouble::OtherBrowser,
        Trouble::TooMany { minutes: 5 },
        Trouble::NoCookie { action: "/session/1/window", frame: "wsf_example" },
        Trouble::WrongOrigin,
        Trouble::NotFound,
        Trouble::StaleForm { back: "/session/s-1/i-1" },
        Trouble::HubError { request: "req_01J9" },
    ];
    for trouble in troubles {
        put(&format!("trouble-{}", trouble.code()), pages::trouble(frame, trouble));
        put(&format!("trouble-{}-de", trouble.code()), pages::trouble(&german, trouble));
    }
    let nameless =
        Identity { id: "org-7Qm".to_owned(), name: "Acme Outdoor".to_owned(), details: Vec::new() };
    let done = DonePage {
        key: "acme",
        provider: "Acme",
        icon: None,
        account: "acc_1",
        identity: Some(&nameless),
        missed: &[],
        is_again: true,
    };
    put("done-plain", pages::done(&german, &done));
}
