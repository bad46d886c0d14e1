//! Tests which steps a person sees, and how they are numbered.

use std::sync::Arc;

use guide::{Guide, Key};
use link::{Flow, Stage, Start};

use crate::{ann, entered, read, response, sent, stage};

const GUIDE: &str = r"
waystone: 1
provider: { key: acme, name: Acme }
scopes: [{ name: read }, { name: write }]
methods:
  - key: main
    label: Main
    fields:
      - { key: plan, label: Plan, type: text, public: true, required: false }
      - { key: seats, label: Seats, type: text, public: true, when: { field: plan, is: pro } }
      - { key: agree, label: Agree, type: boolean, public: true }
      - { key: token, label: Token, type: secret }
    auth: { bearer: { token: '{{ value.token }}' } }
    base_url: https://acme.example
    hosts: [acme.example]
    checks:
      - { key: me, role: identity, request: GET /me, account: { id: '{{ json.id }}', name: '{{ json.name }}' } }
      - { key: may-read, role: capability, scopes: read, request: GET /read }
    outcomes: [{ key: refused, when: { status: 401 }, is: wrong_secret, at_field: token }, { key: full, when: { status: 402 }, is: missing_permission, return_to: seats }]
    link:
      sections:
        - key: one
          title: One
          steps:
            - { key: plan, title: Plan, collects: plan, body: Choose it. }
            - { key: seats, title: Seats, collects: seats, when: { field: plan, is: pro }, body: Count them. }
            - { key: allow-writing, title: Allow writing, scopes: write, body: Allow it. }
        - key: reading
          title: Reading
          scopes: read
          steps: [{ key: allow-reading, title: Allow reading, body: Allow it. }]
        - key: two
          title: Two
          steps: [{ key: token, title: Token, collects: [agree, token], body: Enter it. }]
";

fn guide() -> Arc<Guide> {
    read(GUIDE)
}

fn flow(scopes: Option<&[&str]>) -> Flow {
    let scopes = scopes.map(|scopes| scopes.iter().map(|&scope| scope.to_owned()).collect());
    Flow::new(guide(), "main", Start { scopes, ..Start::default() }).expect("a method")
}

fn keys(steps: &[(&guide::Section, &guide::Step)]) -> String {
    steps.iter().map(|(_, step)| step.key.as_str()).collect::<Vec<_>>().join(" ")
}

/// Returns the current step's number, the number of steps, and whether the step is the first of its section.
fn place(flow: &Flow) -> String {
    let Stage::Step(view) = flow.stage() else { panic!("{}", stage(flow)) };
    let first = if view.opens_section { ", first of its section" } else { "" };
    format!("{} {} of {}{first}", view.step.key, view.number, view.total)
}

#[test]
fn steps_follow_the_scopes_and_the_values() {
    assert_eq!(keys(&flow(None).steps()), "plan allow-writing allow-reading token");
    assert_eq!(keys(&flow(Some(&["read"])).steps()), "plan allow-reading token");
    assert_eq!(keys(&flow(Some(&["write"])).steps()), "plan allow-writing token");
    let mut flow = flow(Some(&["read"]));
    assert_eq!(keys(&flow.all_steps()), "plan seats allow-reading token");
    flow.prefill(&entered(&[("plan", "pro")]));
    assert_eq!(keys(&flow.steps()), "plan seats allow-reading token");
}

#[test]
fn steps_are_numbered_across_sections() {
    let mut flow = flow(None);
    let mut places = vec![place(&flow)];
    for _ in 0..3 {
        flow.submit(&[]);
        places.push(place(&flow));
    }
    let expected = [
        "plan 1 of 4, first of its section",
        "allow-writing 2 of 4",
        "allow-reading 3 of 4, first of its section",
        "token 4 of 4, first of its section",
    ];
    assert_eq!(places, expected);
    flow.back();
    assert_eq!(place(&flow), expected[2]);
    for _ in 0..3 {
        flow.back();
    }
    assert_eq!(place(&flow), expected[0], "there is no environment to choose again");
}

#[test]
fn a_question_that_was_not_answered_is_reported_as_such() {
    let mut flow = flow(None);
    flow.go_to("token");
    flow.submit(&entered(&[("token", "t")]));
    assert_eq!(stage(&flow), "token !agree");
    let Stage::Step(view) = flow.stage() else { panic!("{}", stage(&flow)) };
    let unanswered = view.problems[0].says.to_string();
    flow.submit_all(&entered(&[("token", ""), ("agree", "true")]));
    let Stage::Step(view) = flow.stage() else { panic!("{}", stage(&flow)) };
    assert_ne!(view.problems[0].says.to_string().replace("Token", "Agree"), unanswered);
    flow.submit_all(&entered(&[("token", "t")]));
    assert_eq!(stage(&flow), "checking 1");
}

#[test]
fn a_required_field_that_is_invalid_is_reported_once() {
    let mut flow = flow(None);
    flow.submit_all(&entered(&[("plan", "pro"), ("agree", "perhaps"), ("token", "t")]));
    let Stage::Step(view) = flow.stage() else { panic!("{}", stage(&flow)) };
    let fields: Vec<&str> = view.problems.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields, ["agree", "seats"], "the invalid value, then the missing one");
}

#[test]
fn a_failed_step_shows_the_failure_until_it_is_submitted() {
    let mut flow = flow(Some(&[]));
    flow.submit_all(&entered(&[("agree", "true"), ("token", "t")]));
    let id = sent(&mut flow);
    flow.answered(id, &response(401, ""), 0);
    flow.go_to("nowhere");
    assert_eq!(stage(&flow), "failed wrong_secret [go token]");
    flow.go_to("token");
    let Stage::Step(view) = flow.stage() else { panic!("{}", stage(&flow)) };
    assert_eq!(view.failure.map(|verdict| verdict.outcome.as_str()), Some("wrong_secret"));
    flow.go_to("plan");
    let Stage::Step(view) = flow.stage() else { panic!("{}", stage(&flow)) };
    assert!(view.failure.is_none());
    flow.submit_all(&entered(&[("token", "t")]));
    let id = sent(&mut flow);
    flow.answered(id, &ann(), 0);
    assert_eq!(stage(&flow), "confirm Ann", "no selected scope needs the second check");
    flow.go_to("token");
    assert_eq!(stage(&flow), "token", "the person can change a value before confirming");
}

#[test]
fn a_step_cannot_be_chosen_while_checks_run_or_after_the_end() {
    let mut flow = flow(None);
    flow.submit_all(&entered(&[("agree", "true"), ("token", "t")]));
    flow.go_to("token");
    flow.submit(&entered(&[("token", "other")]));
    assert_eq!(stage(&flow), "checking 1");
    assert_eq!(flow.submit_form(None, &entered(&[("token", "")])), []);
    assert_eq!(stage(&flow), "checking 1");
    flow.close();
    flow.go_to("token");
    assert_eq!(stage(&flow), "closed");
}

#[test]
fn a_form_changes_and_clears_values_but_keeps_secrets_that_it_does_not_show() {
    let mut flow = flow(None);
    flow.prefill(&entered(&[("plan", "basic"), ("agree", "true"), ("token", "t")]));
    let shown = |flow: &Flow| {
        let values = flow.values().iter().map(|(key, value)| format!("{key}={}", value.expose()));
        values.collect::<Vec<_>>().join(" ")
    };
    flow.submit_form(None, &entered(&[("plan", "pro"), ("seats", "9"), ("agree", "true"), ("token", "")]));
    assert_eq!(shown(&flow), "agree=true plan=pro seats=9 token=t");
    assert_eq!(stage(&flow), "checking 1");
    flow.interrupted();
    // A field that no longer applies is ignored.
    flow.submit_form(None, &entered(&[("plan", ""), ("seats", "10"), ("agree", "true"), ("token", "u")]));
    assert_eq!(shown(&flow), "agree=true seats=9 token=u");
}

#[test]
fn a_draft_of_a_changed_guide_keeps_the_values_that_are_still_valid() {
    let mut old = flow(None);
    old.prefill(&entered(&[("plan", "pro"), ("seats", "9"), ("agree", "true"), ("token", "t")]));
    old.go_to("token");
    let changed = GUIDE
        .replace(
            "label: Seats, type: text",
            "label: Seats, type: text, pattern: '[a-z]+', pattern_says: letters",
        )
        .replace("title: Two", "title: Last");
    let restored = Flow::restore(read(&changed), &old.snapshot()).expect("a valid snapshot");
    assert_eq!(stage(&restored), "plan");
    let kept: Vec<&str> = restored.values().keys().map(Key::as_str).collect();
    assert_eq!(kept, ["agree", "plan", "token"]);
    let same = Flow::restore(guide(), &old.snapshot()).expect("a valid snapshot");
    assert_eq!(stage(&same), "token");
}

#[test]
fn a_failure_leads_to_a_step_that_the_person_sees() {
    for (plan, expected) in [("pro", "go seats"), ("", "go plan")] {
        let mut flow = flow(None);
        flow.submit_all(&entered(&[("plan", plan), ("seats", "9"), ("agree", "true"), ("token", "t")]));
        let id = sent(&mut flow);
        flow.answered(id, &response(402, ""), 0);
        assert_eq!(stage(&flow), format!("failed missing_permission [{expected}]"), "{plan}");
    }
}
