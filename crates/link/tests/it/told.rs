//! Tests a method whose credential shows the environment that it belongs to.

use std::collections::BTreeSet;

use link::{Effect, Flow, Stage, Start};

use crate::{MOMENT, ann, entered, read, response, sent, stage};

const GUIDE: &str = r"
waystone: 1
provider: { key: acme, name: Acme }
methods:
  - key: main
    label: Main
    environment_label: Mode
    environments:
      - { key: live, label: Live, host: acme.example, told_by: { field: token, prefix: live_ } }
      - { key: test, label: Test, host: acme.test, told_by: { field: token, prefix: test_ } }
    fields:
      - { key: site, label: Site, type: text, public: true }
      - { key: other, label: Other, type: secret, required: false }
      - { key: token, label: Token, type: secret, required: false }
    derived: [{ key: part, from: '{{ value.token }}', accept: [{ after_last: '_' }], pattern: '[a-z]+', says: The token is cut off. }]
    auth: { bearer: { token: '{{ value.token }}' } }
    base_url: 'https://{{ environment.host }}'
    hosts: [acme.example, acme.test]
    checks: [{ key: me, role: identity, request: GET /me, account: { id: '{{ json.id }}', name: x } }]
    outcomes: [{ key: refused, when: { status: 401 }, is: wrong_secret, at_field: token, ask_elsewhere: true }]
    link:
      sections:
        - key: one
          title: One
          steps:
            - { key: find, title: Find, collects: site, body: Find it. }
            - { key: enter, title: Enter, collects: [token, other], body: Enter it. }
";

fn flow(start: Start) -> Flow {
    Flow::new(read(GUIDE), "main", start).expect("a method")
}

/// Returns a flow for a stored account in the live environment.
fn stored() -> Flow {
    let stored = entered(&[("site", "eu"), ("other", "kept"), ("token", "live_a")]);
    let start = Start {
        stored: stored.into_iter().collect(),
        environment: guide::Key::parse("live"),
        ..Start::default()
    };
    flow(start)
}

fn names(flow: &Flow) -> Vec<&str> {
    flow.values().keys().map(guide::Key::as_str).collect()
}

fn environment(flow: &Flow) -> Option<&str> {
    flow.environment().map(|environment| environment.key.as_str())
}

#[test]
fn a_person_does_not_choose_the_environment() {
    let mut flow = flow(Start::default());
    assert_eq!(stage(&flow), "find");
    flow.back();
    assert_eq!(stage(&flow), "find", "there is nothing to choose before the first step");
    flow.submit(&entered(&[("site", "eu")]));
    flow.submit(&entered(&[("token", "test_a")]));
    assert_eq!(environment(&flow), Some("test"));
    let Some(Effect::Send { request, .. }) = flow.poll(MOMENT) else { panic!("{}", stage(&flow)) };
    assert_eq!(request.host, "acme.test");
}

#[test]
fn a_credential_of_no_environment_is_reported() {
    let mut flow = flow(Start::default());
    flow.go_to("enter");
    flow.submit(&entered(&[("token", "prod_a")]));
    assert_eq!(stage(&flow), "enter !token");
    let Stage::Step(view) = flow.stage() else { panic!("{}", stage(&flow)) };
    assert!(view.problems[0].says.contains("Token"), "{}", &*view.problems[0].says);
    assert_eq!((environment(&flow), names(&flow)), (None, vec![]));
    // An empty value, and the values of other fields, identify nothing.
    assert_eq!(flow.prefill(&entered(&[("token", ""), ("site", "prod_a")])), []);
    assert_eq!(names(&flow), ["site"]);
}

#[test]
fn a_credential_that_leads_to_an_invalid_derived_value_is_not_kept() {
    let mut flow = flow(Start::default());
    let problems = flow.prefill(&entered(&[("token", "live_1")]));
    assert_eq!(problems.iter().map(|problem| &*problem.says).collect::<Vec<_>>(), ["The token is cut off."]);
    assert_eq!((environment(&flow), names(&flow)), (None, vec![]));
    // The problem belongs to the token, so other fields are still accepted.
    assert_eq!(flow.prefill(&entered(&[("site", "eu"), ("token", "")])), []);
    assert_eq!(names(&flow), ["site"]);
}

#[test]
fn stored_secrets_are_dropped_if_the_credential_belongs_to_another_environment() {
    let mut same = stored();
    assert_eq!(same.prefill(&entered(&[("token", "live_b")])), []);
    assert_eq!(names(&same), ["other", "site", "token"]);
    let mut moved = stored();
    assert_eq!(moved.prefill(&entered(&[("token", "test_b")])), []);
    assert_eq!((environment(&moved), names(&moved)), (Some("test"), vec!["site", "token"]));
    // A secret that is not open is dropped as well.
    let closed: BTreeSet<_> = guide::Key::parse("other").into_iter().collect();
    let stored = entered(&[("site", "eu")]).into_iter().collect();
    let environment = guide::Key::parse("live");
    let mut moved = flow(Start { stored, stored_secrets: closed, environment, ..Start::default() });
    assert!(moved.lacks_secrets());
    moved.prefill(&entered(&[("token", "test_b")]));
    assert!(!moved.lacks_secrets());
}

#[test]
fn a_failure_of_the_first_credential_lets_the_person_enter_another() {
    let mut flow = stored();
    flow.submit_all(&[]);
    let id = sent(&mut flow);
    flow.answered(id, &response(401, ""), 0);
    assert_eq!(stage(&flow), "failed wrong_secret [go enter]");
    flow.go_to("enter");
    flow.submit(&entered(&[("token", "test_b")]));
    assert_eq!(environment(&flow), Some("test"));
    let id = sent(&mut flow);
    flow.answered(id, &ann(), 0);
    assert_eq!(stage(&flow), "confirm x");
}
