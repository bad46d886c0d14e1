//! Tests that snapshots contain no stored secret, and that a restored flow gets stored secrets only when it needs them.

use std::collections::BTreeSet;

use guide::Key;
use link::{Effect, Flow, Stage, Start};
use probe::Values;
use secret::Secret;

use crate::{MOMENT, ann, entered, flow, guide, live, response, sent, stage};

const CANARY: &str = "stored-canary";

/// Returns a flow for a stored account whose secret is not open.
fn edit() -> Flow {
    let secrets: BTreeSet<Key> = Key::parse("token").into_iter().collect();
    let stored = entered(&[("site", "eu")]).into_iter().collect();
    flow(Start { stored, stored_secrets: secrets, ..live() })
}

fn secrets() -> Values {
    entered(&[("site", "eu"), ("token", CANARY)]).into_iter().collect()
}

#[track_caller]
fn restored(flow: &Flow) -> Flow {
    let snapshot = flow.snapshot();
    assert!(!snapshot.expose().contains(CANARY), "the snapshot contains a stored secret");
    Flow::restore(guide(), &snapshot).expect("a valid snapshot")
}

/// Runs the checks with successful responses. Returns the first request's `authorization` header.
#[track_caller]
fn check(flow: &mut Flow) -> String {
    let Some(Effect::Send { id, request }) = flow.poll(MOMENT) else { panic!("{}", stage(flow)) };
    let header = request.headers.iter().find(|header| header.name == "authorization").expect("a header");
    let sent_secret = header.value.expose().to_owned();
    flow.answered(id, &ann(), 0);
    let id = sent(flow);
    flow.answered(id, &ann(), 0);
    sent_secret
}

#[test]
fn a_restored_edit_gets_the_stored_secret_for_its_checks_and_to_be_stored() {
    let mut flow = restored(&edit());
    assert!(flow.has_value(&Key::parse("token").expect("a key")), "the form must not ask for the secret");
    assert_eq!(flow.submit_form(Some("live"), &entered(&[("site", "eu"), ("token", "")])), []);
    assert!(flow.lacks_secrets());
    flow.supply_secrets(&secrets(), 1);
    assert!(!flow.lacks_secrets());
    assert!(check(&mut flow).contains(CANARY));
    assert_eq!(stage(&flow), "confirm Ann");

    let mut same = restored(&flow);
    assert!(same.lacks_secrets());
    same.supply_secrets(&secrets(), 1);
    same.confirm(true);
    let Some(Effect::Store(linked)) = same.poll(MOMENT) else { panic!("{}", stage(&same)) };
    let stored: Vec<&str> = linked.secrets.values().map(Secret::expose).collect();
    assert_eq!(stored, [CANARY]);

    let mut changed = restored(&flow);
    changed.supply_secrets(&secrets(), 2);
    assert_eq!(stage(&changed), "find", "secrets that were not checked must not be stored");
    changed.confirm(true);
    assert!(changed.poll(MOMENT).is_none());
}

#[test]
fn a_stored_secret_that_is_not_open_is_dropped_when_the_host_changes() {
    let mut moved = restored(&edit());
    moved.submit_form(Some("live"), &entered(&[("site", "evil"), ("token", "")]));
    assert_eq!(stage(&moved), "enter !token");
    moved.supply_secrets(&secrets(), 1);
    assert!(moved.values().values().all(|value| value.expose() != CANARY));
    let mut elsewhere = restored(&edit());
    elsewhere.choose_environment("test");
    elsewhere.submit_all(&[]);
    assert_eq!(stage(&elsewhere), "enter !token");
}

#[test]
fn a_refused_stored_secret_has_to_be_entered_again() {
    let mut flow = edit();
    flow.submit_all(&[]);
    flow.supply_secrets(&secrets(), 1);
    let id = sent(&mut flow);
    flow.answered(id, &response(401, ""), 0);
    flow.go_to("enter");
    let mut flow = restored(&flow);
    flow.submit(&[]);
    assert_eq!(stage(&flow), "enter !token");
    assert!(!flow.lacks_secrets());
}

#[test]
fn a_secret_that_the_account_no_longer_has_is_missing() {
    let mut flow = edit();
    flow.supply_secrets(&Values::new(), 1);
    flow.submit_all(&[]);
    assert_eq!(stage(&flow), "enter !token");
}

#[test]
fn a_snapshot_contains_no_values_of_an_admin() {
    let mut flow = flow(live());
    flow.supply_setup(&entered(&[("token", CANARY)]));
    flow.prefill(&entered(&[("site", "typed")]));
    let mut flow = restored(&flow);
    assert_eq!(flow.values().values().map(Secret::expose).collect::<Vec<_>>(), ["typed"]);
    flow.supply_setup(&entered(&[("token", CANARY)]));
    flow.submit_all(&[]);
    assert!(check(&mut flow).contains(CANARY));
}

#[test]
fn restored_checks_continue_in_the_environment_that_they_were_trying() {
    let mut flow = flow(live());
    flow.submit_all(&entered(&[("site", "eu"), ("token", "t")]));
    let id = sent(&mut flow);
    flow.answered(id, &response(401, ""), 0);
    flow.ask_elsewhere();
    let mut flow = restored(&flow);
    let Stage::Checking(reports) = flow.stage() else { panic!("{}", stage(&flow)) };
    assert_eq!(reports.last().map(|report| report.label.as_str()), Some("me in Test"));
    let Some(Effect::Send { id, request }) = flow.poll(MOMENT) else { panic!("{}", stage(&flow)) };
    assert_eq!(request.host, "eu.acme.test");
    let mut flow = restored(&flow);
    flow.answered(id, &ann(), 0);
    assert!(matches!(flow.stage(), Stage::Checking(_)), "a response to the earlier process is ignored");
    let Some(Effect::Send { id, request }) = flow.poll(MOMENT) else { panic!("{}", stage(&flow)) };
    assert_eq!(request.host, "eu.acme.test");
    flow.answered(id, &ann(), 0);
    assert_eq!(stage(&flow), "failed wrong_environment [switch test, go make]");
}

#[test]
fn a_value_that_changes_before_the_confirmation_is_not_stored_unchecked() {
    let mut flow = flow(live());
    flow.submit_all(&entered(&[("site", "eu"), ("token", "t")]));
    check(&mut flow);
    flow.prefill(&entered(&[("site", "eu")]));
    assert_eq!(stage(&flow), "confirm Ann");
    flow.prefill(&entered(&[("site", "other")]));
    assert_eq!(stage(&flow), "find");
    flow.confirm(true);
    assert!(flow.poll(MOMENT).is_none());
}
