//! Tests flows along individual paths and with random sequences of events.

mod advice;
mod browser;
mod conditions;
mod echoes;
mod elsewhere;
mod external;
mod helped;
mod played;
mod relink;
mod sign_in;
mod slow;
mod steps;
mod stored;
mod told;

use std::sync::Arc;

use guide::{Fault, Guide, Key};
use link::{Effect, Flow, Offer, Stage, Start};
use probe::{Answer, Moment, Response, Values};
use proptest::prelude::*;
use secret::Secret;

/// The time and nonce for every request.
const MOMENT: Moment = Moment { unix_ms: 0, nonce: [0; 16] };

const GUIDE: &str = r"
waystone: 1
provider: { key: acme, name: Acme }
methods:
  - key: api-key
    label: API Key
    environments:
      - { key: live, label: Live, host: acme.example }
      - { key: test, label: Test, host: acme.test }
    fields:
      - { key: site, label: Site, type: text, accept: [trim, { host_label_of: environment }] }
      - { key: token, label: Token, type: secret }
    auth: { bearer: { token: '{{ value.token }}' } }
    base_url: 'https://{{ value.site }}.{{ environment.host }}'
    hosts: ['*.acme.example', '*.acme.test']
    checks:
      - key: me
        role: identity
        request: GET /me
        account: { id: '{{ json.id }}', name: '{{ json.name }}' }
      - { key: more, role: capability, request: GET /more, required: false }
    outcomes:
      - { key: refused, when: { status: 401 }, is: wrong_secret, at_field: token, ask_elsewhere: true }
      - { key: no-more, when: { status: 402 }, is: missing_permission, return_to: make, says: More is off., fix: Turn it on. }
    link:
      sections:
        - key: one
          title: One
          steps:
            - { key: find, title: Find, collects: site, body: Find it. }
            - { key: make, title: Make, obtains: token, body: Make it. }
            - { key: enter, title: Enter, collects: token, body: Enter it. }
";

/// Reads a guide, which must have no errors.
fn read(text: &str) -> Arc<Guide> {
    let reading = guide::read("acme.yaml", text.as_bytes());
    Arc::new(reading.into_usable().unwrap_or_else(|reading| panic!("{:#?}", reading.findings)))
}

fn guide() -> Arc<Guide> {
    read(GUIDE)
}

fn flow(start: Start) -> Flow {
    Flow::new(guide(), "api-key", start).expect("a method")
}

fn live() -> Start {
    Start { environment: Key::parse("live"), ..Start::default() }
}

fn entered(pairs: &[(&str, &str)]) -> Vec<(Key, Secret)> {
    pairs.iter().map(|(key, value)| (Key::parse(key).expect("a key"), Secret::from(*value))).collect()
}

fn response(status: u16, body: &str) -> Answer {
    Answer::Response(Response { status, headers: Vec::new(), body: body.as_bytes().to_vec() })
}

fn ann() -> Answer {
    response(200, r#"{"id":"7","name":"Ann"}"#)
}

/// Returns a short description of the flow's stage.
fn stage(flow: &Flow) -> String {
    match flow.stage() {
        Stage::Choose(_) => "choose".to_owned(),
        Stage::Step(view) => {
            let problems: Vec<String> =
                view.problems.iter().map(|problem| format!(" !{}", problem.field)).collect();
            format!("{}{}", view.step.key, problems.join(""))
        }
        Stage::Checking(reports) => format!("checking {}", reports.len()),
        Stage::Failed { verdict, offers, .. } => {
            let offers: Vec<String> = offers
                .iter()
                .map(|offer| match offer {
                    Offer::GoTo(step) => format!("go {step}"),
                    Offer::Retry => "retry".to_owned(),
                    Offer::AskElsewhere => "elsewhere".to_owned(),
                    Offer::SwitchTo(environment) => format!("switch {environment}"),
                })
                .collect();
            format!("failed {} [{}]", verdict.outcome, offers.join(", "))
        }
        Stage::Confirm { identity, limited, .. } => {
            format!(
                "confirm {}{}",
                identity.map_or("-", |found| &found.name),
                if limited { " limited" } else { "" }
            )
        }
        Stage::Storing => "storing".to_owned(),
        Stage::Linked => "linked".to_owned(),
        Stage::Closed => "closed".to_owned(),
    }
}

/// Polls the flow for a request and returns its id.
#[track_caller]
fn sent(flow: &mut Flow) -> u64 {
    match flow.poll(MOMENT) {
        Some(Effect::Send { id, .. }) => id,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_person_must_correct_a_value_that_does_not_lead_to_an_address() {
    let mut flow = flow(live());
    flow.submit_all(&entered(&[("site", "under_score"), ("token", "right")]));
    assert!(flow.poll(MOMENT).is_none(), "no request can be sent");
    assert_eq!(stage(&flow), "failed wrong_tenant [go find]");
    let Stage::Failed { verdict, .. } = flow.stage() else { panic!("the flow must fail") };
    assert_eq!(&*verdict.says, "Site doesn't lead to one of this provider's addresses.");
    assert!(verdict.fix.starts_with("Check the organization name"), "{}", verdict.fix);
}

#[test]
fn a_person_links_an_account_step_by_step() {
    let mut flow = flow(Start::default());
    assert_eq!(stage(&flow), "choose");
    flow.choose_environment("live");
    assert_eq!(stage(&flow), "find");
    flow.submit(&entered(&[("site", "  ")]));
    assert_eq!(stage(&flow), "find !site");
    flow.submit(&entered(&[("site", "https://eu.acme.test/x")]));
    assert_eq!(stage(&flow), "find !site", "an address from another environment is rejected");
    flow.submit(&entered(&[("site", "https://eu.acme.example/x")]));
    assert_eq!(flow.host().as_deref(), Some("eu.acme.example"));
    assert_eq!(stage(&flow), "make");
    flow.submit(&[]);
    flow.back();
    assert_eq!(stage(&flow), "make");
    flow.submit(&[]);
    flow.submit(&[]);
    assert_eq!(stage(&flow), "enter !token");
    flow.submit(&entered(&[("token", "t")]));
    let id = sent(&mut flow);
    flow.answered(id, &ann(), 0);
    let id = sent(&mut flow);
    flow.answered(id, &response(403, ""), 0);
    assert_eq!(stage(&flow), "confirm Ann limited", "an optional check can fail");
    assert!(flow.poll(MOMENT).is_none(), "nothing is stored before the person confirms");
    flow.confirm(true);
    let Some(Effect::Store(linked)) = flow.poll(MOMENT) else { panic!("the account must be stored") };
    assert_eq!(linked.outcome.as_str(), "ok_limited");
    assert_eq!(linked.public.len() + linked.secrets.len(), 2);
    flow.stored(false);
    assert_eq!(stage(&flow), "confirm Ann limited", "storing can be retried after a failure");
    flow.confirm(true);
    assert!(matches!(flow.poll(MOMENT), Some(Effect::Store(_))));
    flow.stored(true);
    assert_eq!(stage(&flow), "linked");
}

#[test]
fn a_form_submits_all_fields_at_once() {
    let mut one = flow(Start::default());
    let problems = one.submit_form(None, &entered(&[("site", "a b"), ("token", "t")]));
    assert_eq!(stage(&one), "choose", "the flow waits for an environment");
    assert_eq!(problems, [], "valid values are kept");
    assert_eq!(one.values().len(), 2);
    one.submit_form(Some("live"), &entered(&[("site", "eu"), ("token", "")]));
    assert_eq!(stage(&one), "checking 1", "an empty secret field keeps its value");
    assert_eq!(
        flow(Start::default()).submit_form(None, &[]).len(),
        2,
        "missing values are reported even without an environment"
    );
    let mut one = flow(live());
    one.submit_form(Some("live"), &entered(&[("site", "https://eu.acme.test"), ("token", "")]));
    let Stage::Step(view) = one.stage() else { panic!("{}", stage(&one)) };
    let reported: Vec<_> = view.problems.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(reported, ["site", "token"], "all problems are reported at once");
}

#[test]
fn a_late_answer_is_ignored() {
    let mut flow = flow(live());
    flow.submit_all(&entered(&[("site", "eu"), ("token", "t")]));
    let id = sent(&mut flow);
    flow.answered(id + 1, &ann(), 0);
    assert_eq!(stage(&flow), "checking 1");
    flow.answered(id, &response(401, ""), 0);
    flow.answered(id, &ann(), 0);
    assert_eq!(stage(&flow), "failed wrong_secret [elsewhere, go make]");
}

#[test]
fn a_failure_keeps_every_value_except_the_value_at_fault() {
    let mut flow = flow(live());
    flow.submit_all(&entered(&[("site", "eu"), ("token", "t")]));
    let id = sent(&mut flow);
    flow.answered(id, &response(401, ""), 0);
    flow.go_to("make");
    let kept: Vec<&str> = flow.values().keys().map(Key::as_str).collect();
    assert_eq!(kept, ["site"]);
}

#[test]
fn a_transient_failure_is_retried_up_to_three_attempts() {
    let mut flow = flow(live());
    flow.submit_all(&entered(&[("site", "eu"), ("token", "t")]));
    let mut now = 0;
    for attempt in 1..=3 {
        let id = sent(&mut flow);
        flow.answered(id, &Answer::Failed { fault: Fault::Timeout, detail: String::new() }, now);
        if attempt < 3 {
            let Some(Effect::WaitUntil(moment)) = flow.poll(MOMENT) else { panic!("the flow must wait") };
            assert!(moment > now);
            flow.elapsed(moment - 1);
            assert!(flow.poll(MOMENT).is_none(), "the wait is not over");
            now = moment;
            flow.elapsed(now);
        }
    }
    assert_eq!(stage(&flow), "failed unreachable [retry, go find]");
    flow.retry();
    let id = sent(&mut flow);
    let busy = Response {
        status: 429,
        headers: vec![("retry-after".to_owned(), "900".to_owned())],
        body: Vec::new(),
    };
    flow.answered(id, &Answer::Response(busy), now);
    assert_eq!(stage(&flow), "failed throttled [retry, go find]", "a fifteen-minute wait is too long");
}

#[test]
fn other_environments_are_tried_only_with_consent() {
    let mut flow = flow(live());
    flow.submit_all(&entered(&[("site", "eu"), ("token", "t")]));
    let id = sent(&mut flow);
    flow.answered(id, &response(401, ""), 0);
    assert!(flow.poll(MOMENT).is_none(), "the person has not agreed yet");
    flow.ask_elsewhere();
    let Some(Effect::Send { id, request }) = flow.poll(MOMENT) else {
        panic!("the flow must send a request")
    };
    assert_eq!(request.host, "eu.acme.test");
    flow.answered(id, &ann(), 0);
    assert_eq!(stage(&flow), "failed wrong_environment [switch test, go make]");
    flow.switch_environment();
    let Some(Effect::Send { request, .. }) = flow.poll(MOMENT) else {
        panic!("the flow must send a request")
    };
    assert_eq!(request.host, "eu.acme.test");
}

#[test]
fn a_stored_secret_is_not_sent_to_another_host() {
    let stored: Values = entered(&[("site", "eu"), ("token", "stored")]).into_iter().collect();
    let start = Start { stored, ..live() };
    let mut same = flow(start.clone());
    same.submit_all(&[]);
    assert_eq!(stage(&same), "checking 1", "nothing changed, so no value is needed");
    let mut moved = flow(start.clone());
    moved.submit_all(&entered(&[("site", "evil")]));
    assert_eq!(stage(&moved), "enter !token");
    let mut elsewhere = flow(start);
    elsewhere.choose_environment("test");
    elsewhere.submit_all(&[]);
    assert_eq!(stage(&elsewhere), "enter !token");
}

#[test]
fn a_snapshot_from_another_guide_or_version_is_rejected() {
    let text = flow(live()).snapshot();
    let newer = Secret::new(text.expose().replace("\"version\":1", "\"version\":2"));
    assert!(Flow::restore(guide(), &newer).is_err());
    let other = Secret::new(text.expose().replace("\"acme\"", "\"other\""));
    assert!(Flow::restore(guide(), &other).is_err());
    assert!(Flow::restore(guide(), &Secret::from("{}")).is_err());
    assert!(format!("{text:?}") == "(hidden)");
}

/// An event that a flow can receive.
#[derive(Clone, Debug)]
enum Event {
    Choose(bool),
    Submit(usize),
    SubmitAll,
    Back,
    GoTo(usize),
    Answer(u64, u16),
    Time(i64),
    AskElsewhere,
    Switch,
    Retry,
    Confirm(bool),
    Stored(bool),
    Restore,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        any::<bool>().prop_map(Event::Choose),
        (0..4_usize).prop_map(Event::Submit),
        Just(Event::SubmitAll),
        Just(Event::Back),
        (0..4_usize).prop_map(Event::GoTo),
        (0..8_u64, prop_oneof![Just(200), Just(401), Just(429), Just(403), Just(500)])
            .prop_map(|(id, status)| Event::Answer(id, status)),
        (0..100_i64).prop_map(Event::Time),
        Just(Event::AskElsewhere),
        Just(Event::Switch),
        Just(Event::Retry),
        any::<bool>().prop_map(Event::Confirm),
        any::<bool>().prop_map(Event::Stored),
        Just(Event::Restore),
    ]
}

proptest! {
    /// For any sequence of events, an account is stored only after it is verified and confirmed, at most one request is
    /// in flight, and a closed flow does nothing.
    #[test]
    fn only_verified_credentials_are_stored(events in proptest::collection::vec(event(), 0..40)) {
        let mut flow = flow(Start::default());
        let mut now = 0;
        for event in events {
            let before = stage(&flow);
            match event {
                Event::Choose(live) => flow.choose_environment(if live { "live" } else { "test" }),
                Event::Submit(n) => {
                    let all = [entered(&[]), entered(&[("site", "eu")]), entered(&[("token", "t")]), entered(&[("site", "!")])];
                    flow.submit(&all[n]);
                }
                Event::SubmitAll => flow.submit_all(&entered(&[("site", "eu"), ("token", "t")])),
                Event::Back => flow.back(),
                Event::GoTo(n) => flow.go_to(["find", "make", "enter", "nowhere"][n]),
                Event::Answer(id, status) => flow.answered(id, &response(status, r#"{"id":"7","name":"Ann"}"#), now),
                Event::Time(passed) => { now += passed; flow.elapsed(now); }
                Event::AskElsewhere => flow.ask_elsewhere(),
                Event::Switch => flow.switch_environment(),
                Event::Retry => flow.retry(),
                Event::Confirm(yes) => flow.confirm(yes),
                Event::Stored(kept) => flow.stored(kept),
                Event::Restore => {
                    let stage_before = stage(&flow);
                    let restored = Flow::restore(guide(), &flow.snapshot()).expect("a valid snapshot");
                    if !stage_before.starts_with("checking") && stage_before != "storing" {
                        prop_assert_eq!(stage(&restored), stage_before);
                    }
                    prop_assert_eq!(restored.values(), flow.values());
                    flow = restored;
                }
            }
            let mut requests = 0;
            while let Some(effect) = flow.poll(MOMENT) {
                match effect {
                    Effect::Send { .. } => requests += 1,
                    Effect::WaitUntil(moment) => prop_assert!(moment > now),
                    Effect::Store(_) => prop_assert!(before.starts_with("confirm"), "stored from {}", before),
                }
            }
            prop_assert!(requests <= 1);
        }
        if stage(&flow) != "linked" {
            flow.close();
            flow.submit_all(&entered(&[("site", "eu"), ("token", "t")]));
            flow.confirm(true);
            flow.retry();
            prop_assert_eq!(stage(&flow), "closed");
            prop_assert!(flow.poll(MOMENT).is_none());
        }
    }
}
