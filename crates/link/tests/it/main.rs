//! The flow, told all sorts of things in all sorts of orders.

mod sign_in;

use std::sync::Arc;

use guide::{Fault, Guide, Key};
use link::{Effect, Flow, Offer, Purpose, Stage, Start};
use probe::{Answer, Moment, Response, Values};
use proptest::prelude::*;
use secret::Secret;

/// Seconds since 1970 at which everything is asked.
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
    link:
      sections:
        - key: one
          title: One
          steps:
            - { key: find, title: Find, collects: site, body: Find it. }
            - { key: make, title: Make, obtains: token, body: Make it. }
            - { key: enter, title: Enter, collects: token, body: Enter it. }
";

fn guide() -> Arc<Guide> {
    let reading = guide::read("acme.yaml", GUIDE.as_bytes());
    Arc::new(reading.into_usable().unwrap_or_else(|reading| panic!("{:#?}", reading.findings)))
}

fn flow(start: Start) -> Flow {
    Flow::new(guide(), "api-key", start).expect("the method is there")
}

fn live() -> Start {
    Start { environment: Key::parse("live"), ..Start::default() }
}

fn typed(pairs: &[(&str, &str)]) -> Vec<(Key, Secret)> {
    pairs.iter().map(|(key, value)| (Key::parse(key).expect("a key"), Secret::from(*value))).collect()
}

fn response(status: u16, body: &str) -> Answer {
    Answer::Response(Response { status, headers: Vec::new(), body: body.as_bytes().to_vec() })
}

fn ann() -> Answer {
    response(200, r#"{"id":"7","name":"Ann"}"#)
}

/// Where the flow stands, in a few words.
fn stands(flow: &Flow) -> String {
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

/// The number of the request that the flow asks for.
#[track_caller]
fn sent(flow: &mut Flow) -> u64 {
    match flow.poll(MOMENT) {
        Some(Effect::Send { id, .. }) => id,
        other => panic!("{other:?}"),
    }
}

#[test]
fn step_by_step_to_a_linked_account() {
    let mut flow = flow(Start::default());
    assert_eq!(stands(&flow), "choose");
    flow.choose_environment("live");
    assert_eq!(stands(&flow), "find");
    flow.submit(&typed(&[("site", "  ")]));
    assert_eq!(stands(&flow), "find !site");
    flow.submit(&typed(&[("site", "https://eu.acme.test/x")]));
    assert_eq!(stands(&flow), "find !site", "the address of another environment is not taken for this one");
    flow.submit(&typed(&[("site", "https://eu.acme.example/x")]));
    assert_eq!(flow.host().as_deref(), Some("eu.acme.example"));
    assert_eq!(stands(&flow), "make");
    flow.submit(&[]);
    flow.back();
    assert_eq!(stands(&flow), "make");
    flow.submit(&[]);
    flow.submit(&[]);
    assert_eq!(stands(&flow), "enter !token");
    flow.submit(&typed(&[("token", "t")]));
    let id = sent(&mut flow);
    flow.answered(id, &ann(), 0);
    let id = sent(&mut flow);
    flow.answered(id, &response(403, ""), 0);
    assert_eq!(stands(&flow), "confirm Ann limited", "an optional check may fail");
    assert!(flow.poll(MOMENT).is_none(), "nothing is stored before it is confirmed");
    flow.confirm(true);
    let Some(Effect::Store(linked)) = flow.poll(MOMENT) else { panic!("it is to be stored") };
    assert_eq!(linked.outcome.as_str(), "ok_limited");
    assert_eq!(linked.public.len() + linked.secrets.len(), 2);
    flow.stored(false);
    assert_eq!(stands(&flow), "confirm Ann limited", "what could not be stored can be tried again");
    flow.confirm(true);
    assert!(matches!(flow.poll(MOMENT), Some(Effect::Store(_))));
    flow.stored(true);
    assert_eq!(stands(&flow), "linked");
}

#[test]
fn a_form_is_taken_as_a_whole() {
    let mut one = flow(Start::default());
    let problems = one.submit_form(None, &typed(&[("site", "a b"), ("token", "t")]));
    assert_eq!(stands(&one), "choose", "nothing happens before the environment is chosen");
    assert_eq!(problems, [], "and what can be kept is");
    assert_eq!(one.values().len(), 2);
    one.submit_form(Some("live"), &typed(&[("site", "eu"), ("token", "")]));
    assert_eq!(stands(&one), "checking 1", "a secret that is kept was left empty");
    assert_eq!(
        flow(Start::default()).submit_form(None, &[]).len(),
        2,
        "what is missing is told all the same"
    );
    let mut one = flow(live());
    one.submit_form(Some("live"), &typed(&[("site", "https://eu.acme.test"), ("token", "")]));
    let Stage::Step(view) = one.stage() else { panic!("{}", stands(&one)) };
    let told: Vec<_> = view.problems.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(told, ["site", "token"], "every problem is told at once");
}

#[test]
fn a_late_answer_is_ignored() {
    let mut flow = flow(live());
    flow.submit_all(&typed(&[("site", "eu"), ("token", "t")]));
    let id = sent(&mut flow);
    flow.answered(id + 1, &ann(), 0);
    assert_eq!(stands(&flow), "checking 1");
    flow.answered(id, &response(401, ""), 0);
    flow.answered(id, &ann(), 0);
    assert_eq!(stands(&flow), "failed wrong_secret [elsewhere, go make]");
}

#[test]
fn a_failure_keeps_everything_but_the_value_at_fault() {
    let mut flow = flow(live());
    flow.submit_all(&typed(&[("site", "eu"), ("token", "t")]));
    let id = sent(&mut flow);
    flow.answered(id, &response(401, ""), 0);
    flow.go_to("make");
    let kept: Vec<&str> = flow.values().keys().map(Key::as_str).collect();
    assert_eq!(kept, ["site"]);
}

#[test]
fn a_transient_failure_is_asked_again_three_times_at_the_most() {
    let mut flow = flow(live());
    flow.submit_all(&typed(&[("site", "eu"), ("token", "t")]));
    let mut now = 0;
    for attempt in 1..=3 {
        let id = sent(&mut flow);
        flow.answered(id, &Answer::Failed { fault: Fault::Timeout, detail: String::new() }, now);
        if attempt < 3 {
            let Some(Effect::WaitUntil(moment)) = flow.poll(MOMENT) else { panic!("it waits") };
            assert!(moment > now);
            flow.elapsed(moment - 1);
            assert!(flow.poll(MOMENT).is_none(), "it is not time yet");
            now = moment;
            flow.elapsed(now);
        }
    }
    assert_eq!(stands(&flow), "failed unreachable [retry, go find]");
    flow.retry();
    let id = sent(&mut flow);
    let patience = Response {
        status: 429,
        headers: vec![("retry-after".to_owned(), "900".to_owned())],
        body: Vec::new(),
    };
    flow.answered(id, &Answer::Response(patience), now);
    assert_eq!(stands(&flow), "failed throttled [retry, go find]", "a quarter of an hour is not waited for");
}

#[test]
fn other_environments_are_asked_by_consent_only() {
    let mut flow = flow(live());
    flow.submit_all(&typed(&[("site", "eu"), ("token", "t")]));
    let id = sent(&mut flow);
    flow.answered(id, &response(401, ""), 0);
    assert!(flow.poll(MOMENT).is_none(), "nobody agreed yet");
    flow.ask_elsewhere();
    let Some(Effect::Send { id, request }) = flow.poll(MOMENT) else { panic!("it asks") };
    assert_eq!(request.host, "eu.acme.test");
    flow.answered(id, &ann(), 0);
    assert_eq!(stands(&flow), "failed wrong_environment [switch test, go make]");
    flow.switch_environment();
    let Some(Effect::Send { request, .. }) = flow.poll(MOMENT) else { panic!("it asks") };
    assert_eq!(request.host, "eu.acme.test");
}

#[test]
fn linking_again_has_to_find_the_same_account() {
    let again = |other_allowed| Start {
        purpose: Purpose::Relink { external_id: Some("8".to_owned()), allow_different: other_allowed },
        ..live()
    };
    for (other_allowed, expected) in
        [(false, "failed different_account [retry, go find]"), (true, "checking 2")]
    {
        let mut flow = flow(again(other_allowed));
        flow.submit_all(&typed(&[("site", "eu"), ("token", "t")]));
        let id = sent(&mut flow);
        flow.answered(id, &ann(), 0);
        assert_eq!(stands(&flow), expected);
    }
}

#[test]
fn a_stored_secret_does_not_follow_to_another_host() {
    let stored: Values = typed(&[("site", "eu"), ("token", "stored")]).into_iter().collect();
    let start = Start { stored, ..live() };
    let mut same = flow(start.clone());
    same.submit_all(&[]);
    assert_eq!(stands(&same), "checking 1", "nothing changed, so nothing is asked");
    let mut moved = flow(start.clone());
    moved.submit_all(&typed(&[("site", "evil")]));
    assert_eq!(stands(&moved), "enter !token");
    let mut elsewhere = flow(start);
    elsewhere.choose_environment("test");
    elsewhere.submit_all(&[]);
    assert_eq!(stands(&elsewhere), "enter !token");
}

#[test]
fn a_snapshot_of_another_guide_or_version_is_refused() {
    let text = flow(live()).snapshot();
    let newer = Secret::new(text.expose().replace("\"version\":1", "\"version\":2"));
    assert!(Flow::restore(guide(), &newer).is_err());
    let other = Secret::new(text.expose().replace("\"acme\"", "\"other\""));
    assert!(Flow::restore(guide(), &other).is_err());
    assert!(Flow::restore(guide(), &Secret::from("{}")).is_err());
    assert!(format!("{text:?}") == "(hidden)");
}

/// Something that can happen to a flow.
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
    /// Whatever happens in whatever order: nothing is stored that was not confirmed after a good answer, at most one
    /// request is out, and a flow that was closed is silent.
    #[test]
    fn nothing_is_stored_that_was_not_seen_to_work(events in proptest::collection::vec(event(), 0..40)) {
        let mut flow = flow(Start::default());
        let mut now = 0;
        for event in events {
            let before = stands(&flow);
            match event {
                Event::Choose(live) => flow.choose_environment(if live { "live" } else { "test" }),
                Event::Submit(n) => {
                    let all = [typed(&[]), typed(&[("site", "eu")]), typed(&[("token", "t")]), typed(&[("site", "!")])];
                    flow.submit(&all[n]);
                }
                Event::SubmitAll => flow.submit_all(&typed(&[("site", "eu"), ("token", "t")])),
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
                    let stood = stands(&flow);
                    let restored = Flow::restore(guide(), &flow.snapshot()).expect("it is our own");
                    if !stood.starts_with("checking") && stood != "storing" {
                        prop_assert_eq!(stands(&restored), stood);
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
        if stands(&flow) != "linked" {
            flow.close();
            flow.submit_all(&typed(&[("site", "eu"), ("token", "t")]));
            flow.confirm(true);
            flow.retry();
            prop_assert_eq!(stands(&flow), "closed");
            prop_assert!(flow.poll(MOMENT).is_none());
        }
    }
}
