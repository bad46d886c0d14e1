//! Tests events from outside the flow: a browser that returns, and a process that dies.

use guide::Key;
use link::{CheckState, Effect, Flow, Purpose, Stage, Start};
use probe::Values;

use crate::{MOMENT, ann, browser, entered, flow, guide, live, response, sent, stage};

/// Returns a flow whose first check waits to be repeated, after its first attempt failed.
fn waiting() -> Flow {
    let mut flow = flow(live());
    flow.submit_all(&entered(&[("site", "eu"), ("token", "t")]));
    let id = sent(&mut flow);
    flow.answered(id, &response(500, ""), 0);
    flow
}

fn code() -> Values {
    let back = [("code", "c"), ("redirect_uri", "https://hub.example/back"), ("code_verifier", "v")];
    entered(&back).into_iter().collect()
}

#[test]
fn interrupted_checks_can_be_repeated_and_blame_no_value() {
    let mut flow = waiting();
    flow.interrupted();
    assert_eq!(stage(&flow), "failed unreachable [retry, go find]", "not the verdict on the last response");
    let Stage::Failed { reports, verdict, .. } = flow.stage() else { panic!("{}", stage(&flow)) };
    assert_eq!(reports.iter().map(|report| &report.state).collect::<Vec<_>>(), [&CheckState::Failed]);
    assert_eq!(verdict.at_field, None);
    assert!(flow.poll(MOMENT).is_none(), "a wait is still due");
    flow.retry();
    assert_eq!(stage(&flow), "checking 1");
}

#[test]
fn only_running_checks_can_be_interrupted() {
    let mut flow = flow(live());
    flow.interrupted();
    flow.give_up_checks();
    assert_eq!(stage(&flow), "find");
}

#[test]
fn restored_checks_start_over() {
    let mut flow = flow(live());
    flow.submit_all(&entered(&[("site", "eu"), ("token", "t")]));
    let id = sent(&mut flow);
    flow.answered(id, &ann(), 0);
    assert_eq!(stage(&flow), "checking 2");
    let mut flow = Flow::restore(guide(), &flow.snapshot()).expect("a valid snapshot");
    assert_eq!(stage(&flow), "checking 1");
    let Some(Effect::Send { request, .. }) = flow.poll(MOMENT) else { panic!("{}", stage(&flow)) };
    assert_eq!((request.host.as_str(), request.path.as_str()), ("eu.acme.example", "/me"));
}

#[test]
fn an_exchange_is_not_repeated_by_another_process() {
    let mut flow = Flow::new(browser::guide(""), "main", Start::default()).expect("a method");
    flow.signed_in(code());
    sent(&mut flow);
    let mut flow = Flow::restore(browser::guide(""), &flow.snapshot()).expect("a valid snapshot");
    assert!(flow.poll(MOMENT).is_none(), "the code was sent again");
    flow.elapsed(1000);
    assert_eq!(stage(&flow), "checking 0");
    flow.interrupted();
    assert_eq!(stage(&flow), "failed unreachable [retry, go agree]");
}

#[test]
fn checks_after_the_sign_in_start_over_with_the_tokens() {
    let tokens = entered(&[("access_token", "a-1")]).into_iter().collect();
    let start = Start { tokens, ..Start::default() };
    let mut flow = Flow::new(browser::guide(""), "main", start).expect("a method");
    flow.submit_all(&[]);
    sent(&mut flow);
    let mut flow = Flow::restore(browser::guide(""), &flow.snapshot()).expect("a valid snapshot");
    let Some(Effect::Send { request, .. }) = flow.poll(MOMENT) else { panic!("{}", stage(&flow)) };
    assert_eq!(request.path, "/me");
}

#[test]
fn a_browser_that_returns_late_changes_nothing() {
    let mut flow = Flow::new(browser::guide(""), "main", Start::default()).expect("a method");
    flow.signed_in(code());
    let id = sent(&mut flow);
    let late = |flow: &mut Flow| {
        flow.signed_in(code());
        flow.sign_in_failed(&[("error".to_owned(), "access_denied".to_owned())]);
        flow.sign_in_misconfigured();
    };
    late(&mut flow);
    assert_eq!(stage(&flow), "checking 1");
    assert!(flow.poll(MOMENT).is_none(), "the code was exchanged twice");
    flow.answered(id, &response(200, r#"{"access_token":"a-1"}"#), 0);
    let id = sent(&mut flow);
    flow.answered(id, &ann(), 0);
    late(&mut flow);
    assert_eq!(stage(&flow), "confirm x");
}

#[test]
fn a_sign_in_that_cannot_begin_is_misconfigured() {
    let mut flow = Flow::new(browser::guide(""), "main", Start::default()).expect("a method");
    flow.sign_in_misconfigured();
    assert_eq!(stage(&flow), "failed misconfigured [retry, go agree]");
}

#[test]
fn an_account_that_differs_from_the_one_just_linked_is_named() {
    let mut flow = flow(live());
    flow.submit_all(&entered(&[("site", "eu"), ("token", "t")]));
    for _ in 0..2 {
        let id = sent(&mut flow);
        flow.answered(id, &ann(), 0);
    }
    assert_eq!(flow.purpose(), &Purpose::Link);
    let theirs = Purpose::Relink { external_id: Some("8".to_owned()), allow_different: false };
    flow.relink(theirs.clone());
    assert_eq!(flow.purpose(), &theirs);
    let Stage::Failed { verdict, reports, .. } = flow.stage() else { panic!("{}", stage(&flow)) };
    assert_eq!(verdict.identity.as_ref().map(|found| found.name.as_str()), Some("Ann"));
    let checks: Vec<&str> = reports.iter().map(|report| report.check.as_str()).collect();
    assert_eq!(checks, ["me", "more"]);
    let restored = Flow::restore(guide(), &flow.snapshot()).expect("a valid snapshot");
    assert_eq!(restored.purpose(), &theirs);
    assert_eq!(restored.environment().map(|environment| &environment.key), Key::parse("live").as_ref());
}
